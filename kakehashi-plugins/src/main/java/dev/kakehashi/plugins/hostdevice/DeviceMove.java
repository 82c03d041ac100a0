package dev.kakehashi.plugins.hostdevice;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.LinkSpec;
import dev.kakehashi.linux.rtnetlink.Links;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.plugins.attachment.Failures;
import dev.kakehashi.plugins.chain.Workplace;

import java.io.IOException;
import java.util.Optional;

/**
 * Moves a device between the host and a container.
 *
 * <p>The host never sees it under another name than its own: udev and NetworkManager act on
 * interfaces that appear, and would race with the renaming (containernetworking/plugins #766). A
 * death of this process at any point leaves a device that DEL finds.
 */
final class DeviceMove {

    private final Workplace place;
    private final Netns host;
    private final String ifName;

    /**
     * Moves between the place's host and container.
     *
     * @param host the host's namespace; lent
     * @param ifName the device's name in the container
     */
    DeviceMove(Workplace place, Netns host, String ifName) {
        this.place = place;
        this.host = host;
        this.ifName = ifName;
    }

    /**
     * Takes a device into the container, where it is down. Equivalent to: {@code ip link set dev
     * DEVICE netns CONTAINER name IFNAME alias DEVICE}, which is one message.
     *
     * @throws CniException when the kernel refuses; the device is on the host as before then
     */
    void in(HostDevice device) throws CniException {
        LinkSpec spec =
                LinkSpec.builder()
                        .netns(place.container().fd())
                        .name(ifName)
                        .alias(device.name())
                        .build();
        try {
            place.host().execute(Links.change(device.link().index(), spec));
        } catch (IOException e) {
            CniException failure =
                    Failures.of(
                            "failed to move link failed to move \""
                                    + device.link().name()
                                    + "\" to the container",
                            e);
            back(device, failure);
            throw failure;
        }
    }

    /** Takes a device back out after a failure: all on the host is as it was before. */
    void back(HostDevice device, CniException failure) {
        try {
            Optional<Link> moved =
                    place.inside().link(ifName).filter(link -> link.alias().equals(device.name()));
            if (moved.isEmpty()) {
                moved = place.inside().link(device.link().name());
            }
            if (moved.isEmpty() || place.host().link(device.link().name()).isPresent()) {
                return; // the kernel had refused it as a whole
            }
            LinkSpec spec =
                    LinkSpec.builder()
                            .netns(host.fd())
                            .name(device.link().name())
                            .alias(device.link().alias())
                            .build();
            place.inside().execute(Links.change(moved.get().index(), spec));
            if (device.link().isUp()) {
                place.host()
                        .execute(
                                Links.change(
                                        device.link().name(), LinkSpec.builder().up(true).build()));
            }
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    /**
     * Gives the container's device back to the host under its own name, down as the reference
     * plugin leaves it; does nothing when the container has none.
     *
     * @throws CniException when it cannot be given back; it is in the container as before then
     */
    void out() throws CniException {
        try {
            Optional<Link> found = place.inside().link(ifName);
            Optional<Link> device = found.isPresent() ? found : halfway(place.inside());
            if (device.isPresent()) {
                out(device.get());
            }
        } catch (IOException e) {
            throw Failures.of("failed to look for \"" + ifName + "\" in the container", e);
        }
    }

    /**
     * One that was being given back when this process died: it has its own name again and is not on
     * the host yet. Its name alone does not tell: a device that the container has under its own
     * name, of another attachment, looks the same.
     */
    private Optional<Link> halfway(RtNetlink inside) throws IOException {
        for (Link link : inside.links()) {
            if (link.alias().equals(leaving(ifName))) {
                return Optional.of(link);
            }
        }
        return Optional.empty();
    }

    /**
     * The alias of a device that leaves a container, from the moment it has its own name again.
     *
     * @param ifName whose device it was there
     */
    static String leaving(String ifName) {
        return "was " + ifName + ", leaves";
    }

    private void out(Link device) throws CniException, IOException {
        String own = device.alias().equals(leaving(ifName)) ? device.name() : device.alias();
        if (!HostDevice.isName(own)) {
            // None that this plugin has brought, which an ADD that was refused for it leaves
            // behind:
            // DEL must succeed all the same (CNI SPEC, section 4, DEL).
            return;
        }
        if (place.host().link(own).isPresent()) {
            throw taken(own);
        }
        boolean renamed = !own.equals(device.name()) && place.inside().link(own).isEmpty();
        LinkSpec.Builder leave = LinkSpec.builder().netns(host.fd()).alias("");
        try {
            place.inside().execute(Links.change(device.index(), up(false)));
            if (renamed) {
                LinkSpec spec = LinkSpec.builder().name(own).alias(leaving(ifName)).build();
                place.inside().execute(Links.change(device.index(), spec));
            } else {
                leave.name(own); // it meets another one of its own name in the container
            }
            place.inside().execute(Links.change(device.index(), leave.build()));
        } catch (LinuxException e) {
            throw stay(device, own, renamed, e);
        }
    }

    /** Leaves a device in the container as it was. */
    private CniException stay(Link device, String own, boolean renamed, LinuxException cause) {
        CniException failure =
                cause.is(Errno.EEXIST)
                        ? taken(own)
                        : Failures.of("failed to move \"" + own + "\" to hostNS", cause);
        try {
            if (renamed) {
                LinkSpec spec = LinkSpec.builder().name(device.name()).alias(own).build();
                place.inside().execute(Links.change(device.index(), spec));
            }
            if (device.isUp()) {
                place.inside().execute(Links.change(device.index(), up(true)));
            }
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
        return failure;
    }

    private static CniException taken(String own) {
        return new CniException(
                CniException.INTERNAL,
                "failed to move \"" + own + "\" to hostNS: file exists",
                "the host has another interface \""
                        + own
                        + "\": rename that one, then DEL gives the device back");
    }

    /**
     * Gives a device that has strayed its own name. Equivalent to: {@code ip link set dev STRAYED
     * name DEVICE alias ""}.
     */
    static void home(RtNetlink host, HostDevice device) throws CniException {
        try {
            if (host.link(device.name()).isPresent()) {
                throw taken(device.name());
            }
            host.execute(
                    Links.change(
                            device.link().index(),
                            LinkSpec.builder().name(device.name()).alias("").build()));
        } catch (IOException e) {
            throw Failures.of(
                    "failed to rename device \""
                            + device.link().name()
                            + "\" to \""
                            + device.name()
                            + "\"",
                    e);
        }
    }

    private static LinkSpec up(boolean up) {
        return LinkSpec.builder().up(up).build();
    }
}
