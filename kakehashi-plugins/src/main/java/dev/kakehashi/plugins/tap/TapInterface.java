package dev.kakehashi.plugins.tap;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.linux.Fd;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.rtnetlink.LinkSpec;
import dev.kakehashi.linux.rtnetlink.Links;
import dev.kakehashi.linux.rtnetlink.TunDevice;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.attachment.Failures;
import dev.kakehashi.plugins.attachment.Undo;
import dev.kakehashi.plugins.chain.Workplace;
import dev.kakehashi.plugins.single.NewInterface;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.LinkBuilder;
import dev.kakehashi.state.Ownership;
import dev.kakehashi.state.Sysctl;

import java.io.IOException;
import java.util.List;

/**
 * A tap in a container, which stays until DEL. Equivalent to: {@code ip tuntap add mode tap name
 * IFNAME} there, and {@code ip link set}.
 */
record TapInterface(Attachment attachment, TapConfig config) implements NewInterface {

    /** How it is set, once it is there: netlink makes no taps. */
    @Override
    public LinkBuilder link() {
        LinkBuilder link = Link.existing(attachment.ifName());
        config.mac().ifPresent(link::mac);
        config.bridge().ifPresent(link::master);
        return config.mtu() == 0 ? link : link.mtu(config.mtu());
    }

    /** Neighbours that knew the address elsewhere learn where it is now. */
    @Override
    public List<Sysctl> switches() {
        return List.of(Sysctl.ipv4(attachment.ifName(), "arp_notify", "1").optional());
    }

    /**
     * None but the program that will attach to it: until then there is no carrier, and the kernel
     * looks for nobody.
     */
    @Override
    public boolean hasNeighbours() {
        return false;
    }

    @Override
    public void provide(Workplace place, Undo undo) throws CniException {
        try {
            if (config.selinuxContext().isPresent()) {
                LabelledTap.create(place.container(), attachment.ifName(), config);
            } else {
                place.container().<LinuxException>run(this::create);
            }
            undo.add(failure -> delete(place, failure));
            place.inside()
                    .execute(
                            Links.change(
                                    attachment.ifName(),
                                    LinkSpec.builder()
                                            .alias(Ownership.alias(attachment.owner()))
                                            .build()));
        } catch (IOException e) {
            throw Failures.of("failed to create tap", e);
        }
    }

    private void create() throws LinuxException {
        // Packet information and virtio headers are for whoever attaches to choose (TUNSETIFF).
        try (Fd fd = TunDevice.open(attachment.ifName(), true, config.multiQueue())) {
            TunDevice.persist(fd, config.owner(), config.group());
        }
    }

    private void delete(Workplace place, CniException failure) {
        try {
            place.inside().execute(Links.delete(attachment.ifName()));
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }
}
