package dev.kakehashi.linux.rtnetlink;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.MacAddress;

import java.net.InetAddress;
import java.util.Optional;

/**
 * An entry of the ARP or NDP table ({@code struct ndmsg}, linux/neighbour.h).
 *
 * @param link the index of the link
 * @param address the neighbour's address
 * @param mac its hardware address; empty for proxy entries and while it is not known
 * @param state {@code NUD_*}
 * @param flags {@code NTF_*}
 * @param protocol who made it, {@code RTPROT_*}
 */
public record Neighbour(
        int link,
        InetAddress address,
        Optional<MacAddress> mac,
        int state,
        int flags,
        int protocol) {
    public static final int NUD_REACHABLE = 2;
    public static final int NUD_STALE = 4;
    public static final int NUD_FAILED = 0x20;
    public static final int NUD_NOARP = 0x40;
    public static final int NUD_PERMANENT = 0x80;

    public static final int NTF_USE = 1;
    public static final int NTF_SELF = 2;
    public static final int NTF_MASTER = 4;
    public static final int NTF_PROXY = 8;
    public static final int NTF_EXT_LEARNED = 0x10;
    public static final int NTF_ROUTER = 0x80;

    /** An entry that stays as it is. */
    public static Neighbour permanent(int link, InetAddress address, MacAddress mac) {
        return new Neighbour(link, address, Optional.of(mac), NUD_PERMANENT, 0, 0);
    }

    /** An address that the link answers for in another's stead. */
    public static Neighbour proxy(int link, InetAddress address) {
        return new Neighbour(link, address, Optional.empty(), NUD_PERMANENT, NTF_PROXY, 0);
    }

    /** The same with the mark of who made it. */
    public Neighbour withProtocol(int number) {
        return new Neighbour(link, address, mac, state, flags, number);
    }

    /** Whether the link answers for the address in another's stead. */
    public boolean isProxy() {
        return (flags & NTF_PROXY) != 0;
    }

    /** Whether it neither ages nor is resolved. */
    public boolean isPermanent() {
        return (state & NUD_PERMANENT) != 0;
    }

    /** In the words of ip-neighbour(8). */
    @Override
    public String toString() {
        return (isProxy() ? "proxy " : "")
                + IpAddresses.format(address)
                + mac.map(m -> " lladdr " + m).orElse("")
                + " dev #"
                + link
                + (isPermanent() && !isProxy() ? " nud permanent" : "");
    }
}
