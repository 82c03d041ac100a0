package dev.kakehashi.plugins.attachment;

import dev.kakehashi.cni.CniAttachment;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.netlink.NetlinkException;
import dev.kakehashi.linux.netlink.NetlinkRequest;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.LinkSpec;
import dev.kakehashi.linux.rtnetlink.Links;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.LinkRef;
import dev.kakehashi.state.Ownership;
import dev.kakehashi.state.Resource;
import dev.kakehashi.state.engine.Applied;
import dev.kakehashi.state.engine.Engine;
import dev.kakehashi.state.engine.Step;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Removes what plugins joined to the host by a veth pair, for one call. */
public final class PairRemoval {
    private final Wiring wiring;

    /** By the means of a call. */
    public PairRemoval(Wiring wiring) {
        this.wiring = wiring;
    }

    /**
     * Removes an attachment as far as it is there: its pair, found by name and mark on the host so
     * that the container's namespace is not needed; failing that, whatever bears the interface's
     * name in the container, as the reference plugins do.
     *
     * @param name of the host's end, if the configuration chooses it
     * @param netns path of the container's namespace; may be empty or lead nowhere
     * @param rules on the host
     */
    public void detach(
            Attachment attachment, Optional<String> name, String netns, List<Resource> rules)
            throws CniException {
        String hostName = name.orElse(attachment.hostVethName(0));
        DesiredState pair = pair(attachment.owner(), hostName, attachment.ifName());
        // The container's end first: behind the deletion of the host's it would wait for the
        // kernel. The rules last: they are about traffic that may still come.
        OptionalInt hidden = hideContainerEnd(attachment.ifName(), netns);
        try {
            Engine engine = wiring.engine();
            // A name that was chosen others may choose too.
            Applied applied = name.isPresent() ? engine.remove(pair) : engine.release(pair);
            if (hidden.isPresent() && !hasRemoved(applied, hostName)) {
                delete(hidden.getAsInt());
            }
            if (!rules.isEmpty()) {
                engine.remove(DesiredState.builder().host(rules.toArray(Resource[]::new)).build());
            }
        } catch (IOException e) {
            throw Failures.of("failed to remove \"" + hostName + "\" on the host", e);
        }
    }

    /** What is only hidden; unless it has gone with the host's end meanwhile. */
    private void delete(int hidden) throws IOException {
        try {
            wiring.inside().execute(Links.delete(hidden));
        } catch (NetlinkException e) {
            if (!e.is(Errno.ENODEV)) {
                throw e;
            }
        }
    }

    private static boolean hasRemoved(Applied applied, String hostName) {
        for (Step step : applied.steps()) {
            if (step instanceof Step.Remove
                    && step.resource().key().equals(new Link.Key(hostName))) {
                return true;
            }
        }
        return false;
    }

    private static DesiredState pair(String owner, String hostName, String ifName) {
        return DesiredState.builder()
                .host(Link.veth(hostName, LinkRef.container(ifName)).owner(owner).build())
                .container(Link.veth(ifName, LinkRef.host(hostName)).owner(owner).build())
                .build();
    }

    /**
     * Takes the container's end out of sight: one of ours by its name, since the pair goes as one
     * with the host's end; another's by deleting it.
     *
     * @return the index of what is only hidden; empty if there is nothing left to delete
     */
    private OptionalInt hideContainerEnd(String ifName, String netns) throws CniException {
        if (netns.isEmpty()) {
            return OptionalInt.empty();
        }
        try (Netns container = wiring.pluginHost().openNetns(netns)) {
            Optional<dev.kakehashi.linux.rtnetlink.Link> found =
                    wiring.inside(container).link(ifName);
            if (found.isEmpty()) {
                return OptionalInt.empty();
            }
            int index = found.get().index();
            if (!Ownership.isOurAlias(found.get().alias())) {
                wiring.inside(container).execute(Links.delete(index));
                return OptionalInt.empty();
            }
            rename(wiring.inside(container), index, Ownership.REAP_PREFIX + index);
            return OptionalInt.of(index);
        } catch (NetlinkException e) {
            if (!e.is(Errno.ENODEV)) {
                throw Failures.of("failed to delete \"" + ifName + "\"", e);
            }
        } catch (LinuxException e) {
            if (!isGone(e)) {
                throw Failures.netns(netns, e);
            }
        } catch (IOException e) {
            throw Failures.of("failed to delete \"" + ifName + "\"", e);
        }
        return OptionalInt.empty();
    }

    private static void rename(RtNetlink netlink, int index, String name) throws IOException {
        NetlinkRequest rename = Links.change(index, LinkSpec.builder().name(name).build());
        try {
            netlink.execute(rename);
        } catch (NetlinkException e) {
            if (!e.is(Errno.EBUSY)) {
                throw e;
            }
            // Kernels before 6.2 rename only links that are down (dev_change_name()).
            netlink.execute(Links.change(index, LinkSpec.builder().up(false).build()), rename);
        }
    }

    /**
     * Also a file that was a namespace once, until it was unmounted, is a namespace that is gone.
     */
    private static boolean isGone(LinuxException e) {
        return e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR) || e.is(Errno.EINVAL);
    }

    /**
     * Removes the pairs of a network's attachments that are not valid any more.
     *
     * @return the names of the host's links that stay
     */
    public Set<String> collect(String network, List<CniAttachment> valid) throws CniException {
        Set<String> living = new HashSet<>();
        for (CniAttachment attachment : valid) {
            living.add(Ownership.alias(Attachment.of(network, attachment).owner()));
        }
        String ofNetwork = Ownership.alias(network + "/");
        Set<String> staying = new HashSet<>();
        List<String> failures = new ArrayList<>();
        try {
            for (var link : wiring.host().links()) {
                if (!link.alias().startsWith(ofNetwork) || living.contains(link.alias())) {
                    staying.add(link.name());
                    continue;
                }
                String owner = Ownership.ownerOf(link.alias());
                try {
                    wiring.engine().remove(pair(owner, link.name(), "gone"));
                } catch (IOException e) {
                    failures.add(link.name() + ": " + e.getMessage());
                }
            }
        } catch (IOException e) {
            throw Failures.of("failed to list the host's links", e);
        }
        if (!failures.isEmpty()) {
            throw new CniException(
                    CniException.INTERNAL, "failed to remove " + String.join("; ", failures));
        }
        return staying;
    }
}
