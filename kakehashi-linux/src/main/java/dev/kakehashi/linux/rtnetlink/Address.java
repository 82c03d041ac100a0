package dev.kakehashi.linux.rtnetlink;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Optional;

/**
 * An IP address on a link ({@code struct ifaddrmsg}, linux/if_addr.h).
 *
 * @param link the index of the link
 * @param prefix the address with the length of its network; with a peer, the length is that of the
 *     peer's network
 * @param peer the other end of a point-to-point link
 * @param broadcast the broadcast address, IPv4 only
 * @param scope how far it is valid; the kernel finds it itself for IPv6
 * @param flags {@code IFA_F_*}
 * @param protocol who made it, {@code IFA_PROTO}, 0 for unknown (kernel 5.18)
 * @param label IPv4 only, at most 15 bytes; empty for the link's name
 * @param validLifetime seconds, {@link #FOREVER} if permanent
 * @param preferredLifetime seconds during which new connections may use it
 */
public record Address(
        int link,
        IpPrefix prefix,
        Optional<InetAddress> peer,
        Optional<InetAddress> broadcast,
        Scope scope,
        int flags,
        int protocol,
        String label,
        long validLifetime,
        long preferredLifetime) {
    public static final int IFA_F_SECONDARY = 1;
    public static final int IFA_F_NODAD = 2;
    public static final int IFA_F_OPTIMISTIC = 4;
    public static final int IFA_F_DADFAILED = 8;
    public static final int IFA_F_DEPRECATED = 0x20;
    public static final int IFA_F_TENTATIVE = 0x40;
    public static final int IFA_F_PERMANENT = 0x80;
    public static final int IFA_F_MANAGETEMPADDR = 0x100;
    public static final int IFA_F_NOPREFIXROUTE = 0x200;

    /** A lifetime without end. */
    public static final long FOREVER = 0xffff_ffffL;

    /**
     * A permanent address of global scope (a loopback one: of host scope) without broadcast
     * address.
     */
    public static Address of(int link, IpPrefix prefix) {
        Scope scope = prefix.address().isLoopbackAddress() ? Scope.HOST : Scope.GLOBAL;
        return new Address(
                link,
                prefix,
                Optional.empty(),
                Optional.empty(),
                scope,
                0,
                0,
                "",
                FOREVER,
                FOREVER);
    }

    /**
     * The same with the highest address of its network as broadcast address, if it is IPv4 and has
     * one.
     */
    public Address withNetworkBroadcast() {
        if (!(prefix.address() instanceof Inet4Address) || prefix.length() >= 31) {
            return this;
        }
        byte[] octets = prefix.address().getAddress();
        for (int bit = prefix.length(); bit < 32; bit++) {
            octets[bit / 8] |= (byte) (0x80 >> bit % 8);
        }
        return new Address(
                link,
                prefix,
                peer,
                Optional.of(IpAddresses.of(octets)),
                scope,
                flags,
                protocol,
                label,
                validLifetime,
                preferredLifetime);
    }

    /** The same on a point-to-point link. */
    public Address withPeer(InetAddress other) {
        return new Address(
                link,
                prefix,
                Optional.of(other),
                broadcast,
                scope,
                flags,
                protocol,
                label,
                validLifetime,
                preferredLifetime);
    }

    /** The same with another scope. */
    public Address withScope(Scope other) {
        return new Address(
                link,
                prefix,
                peer,
                broadcast,
                other,
                flags,
                protocol,
                label,
                validLifetime,
                preferredLifetime);
    }

    /** The same with exactly these {@code IFA_F_*}. */
    public Address withFlags(int other) {
        return new Address(
                link,
                prefix,
                peer,
                broadcast,
                scope,
                other,
                protocol,
                label,
                validLifetime,
                preferredLifetime);
    }

    /** The same with the mark of who made it. */
    public Address withProtocol(int number) {
        return new Address(
                link,
                prefix,
                peer,
                broadcast,
                scope,
                flags,
                number,
                label,
                validLifetime,
                preferredLifetime);
    }

    /** Whether duplicate address detection still runs: it cannot be used yet. */
    public boolean isTentative() {
        return (flags & IFA_F_TENTATIVE) != 0 && !isDuplicate();
    }

    /** Whether duplicate address detection found it in use by somebody else. */
    public boolean isDuplicate() {
        return (flags & IFA_F_DADFAILED) != 0;
    }

    /** In the words of ip-address(8). */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        if (peer.isPresent()) {
            text.append(IpAddresses.format(prefix.address())).append(" peer ");
            text.append(IpAddresses.format(peer.get())).append('/').append(prefix.length());
        } else {
            text.append(prefix);
        }
        broadcast.ifPresent(b -> text.append(" brd ").append(IpAddresses.format(b)));
        return text.append(" dev #").append(link).toString();
    }
}
