package dev.kakehashi.ipam.dhcp;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.Address;
import dev.kakehashi.linux.rtnetlink.Addresses;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.LinkSpec;
import dev.kakehashi.linux.rtnetlink.Links;
import dev.kakehashi.linux.rtnetlink.OperState;
import dev.kakehashi.linux.rtnetlink.RtNetlink;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Optional;

/** The interface that a lease is for, in its container. */
final class LeasedLink {

    /** Milliseconds between looks. */
    private static final int[] CARRIER_PAUSES = {1, 2, 5, 10, 20, 50, 100, 200, 500};

    private LeasedLink() {}

    /** The interface, which is up and has its carrier from then on. */
    static Link up(Netns netns, String ifName) throws CniException, IOException {
        try (RtNetlink netlink = RtNetlink.open(netns)) {
            Optional<Link> link = netlink.link(ifName);
            if (link.isEmpty()) {
                throw new CniException(
                        CniException.INTERNAL,
                        "error looking up \"" + ifName + "\": Link not found");
            }
            if (!link.get().isUp()) {
                netlink.execute(
                        Links.change(link.get().index(), LinkSpec.builder().up(true).build()));
            }
            awaitCarrier(netlink, link.get().index());
            return link.get();
        }
    }

    /** What is sent before the kernel has told both ends that they are up is lost. */
    private static void awaitCarrier(RtNetlink netlink, int index) throws IOException {
        for (int pause : CARRIER_PAUSES) {
            Optional<Link> link = netlink.link(index);
            if (link.isEmpty()
                    || link.get().operState() == OperState.UP
                    || link.get().operState() == OperState.UNKNOWN) {
                return; // some kinds of link never know
            }
            try {
                Thread.sleep(pause);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /**
     * Whether it is the interface that the lease was got for. The number of a namespace that is
     * gone may be another container's by now, whose interface has the same name.
     */
    static boolean isOf(Holding holding, Link link, RtNetlink netlink) throws IOException {
        if (link.mac().filter(holding.hardware()::equals).isPresent()) {
            return true;
        }
        for (Address address : netlink.addresses(link.index())) {
            if (address.prefix().address().equals(holding.address())) {
                return true; // somebody has changed its hardware address
            }
        }
        return false;
    }

    /** As the reference plugin for IPv4; an IPv6 address goes, and leaves the others alone. */
    static void stopUsing(Holding holding, Link link, RtNetlink netlink, String why)
            throws IOException {
        boolean wholeLink = holding instanceof Holding4;
        LeaseKeeper.log().log(
                Level.ERROR,
                "{0}: lost its address {1}: {2}; {3}",
                holding.attachment().owner(),
                IpAddresses.format(holding.address()),
                why,
                wholeLink ? "its interface is set down" : "it is taken off the interface");
        if (wholeLink) {
            netlink.execute(Links.change(link.index(), LinkSpec.builder().up(false).build()));
            return;
        }
        for (Address address : netlink.addresses(link.index())) {
            if (address.prefix().address().equals(holding.address())) {
                netlink.execute(Addresses.delete(address));
            }
        }
    }
}
