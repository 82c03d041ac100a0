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
     * The host forwards packets of a family. Never turned back: others may have come to need it.
     */
    public static Sysctl forwarding(boolean v4) {
        return Sysctl.shared(v4 ? "net/ipv4/ip_forward" : "net/ipv6/conf/all/forwarding", "1");
    }
}
