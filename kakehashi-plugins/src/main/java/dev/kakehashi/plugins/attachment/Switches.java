package dev.kakehashi.plugins.attachment;

import dev.kakehashi.state.Relation;
import dev.kakehashi.state.Sysctl;

import java.util.Optional;

/** Switches that several plugins set on the host. */
public final class Switches {

    private Switches() {}

    /**
     * No router advertisements on a link: its routes are ours to make, not those of whoever sends
     * one. Kernels without IPv6 do without.
     */
    public static Sysctl ignoreRouterAdvertisements(String device, Relation relation) {
        return new Sysctl(
                "net/ipv6/conf/" + Sysctl.DEVICE + "/accept_ra",
                relation,
                Optional.of(device),
                "0",
                false);
    }

    /**
     * No duplicate address detection for the link-local address of a link of the host. The host
     * asks for its neighbours from that address when it forwards packets (RFC 4861, section 7.2.2),
     * and cannot for the second or two that the detection takes: containers would not be reached
     * over IPv6 so long. Kernels without IPv6 do without.
     */
    public static Sysctl useLinkLocalAtOnce(String device, Relation relation) {
        return new Sysctl(
                "net/ipv6/conf/" + Sysctl.DEVICE + "/accept_dad",
                relation,
                Optional.of(device),
                "0",
                false);
    }

    /**
     * The host forwards packets of a family. Never turned back: others may have come to need it.
     */
    public static Sysctl forwarding(boolean v4) {
        return Sysctl.shared(v4 ? "net/ipv4/ip_forward" : "net/ipv6/conf/all/forwarding", "1");
    }
}
