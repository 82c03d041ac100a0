package dev.kakehashi.cluster.bgp;

import dev.kakehashi.cluster.Community;
import dev.kakehashi.cluster.IpFamily;
import dev.kakehashi.cluster.PrefixRange;
import dev.kakehashi.linux.IpAddresses;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * One BGP session (a {@code protocol bgp} of BIRD).
 *
 * @param peer with whom, for people
 * @param internal whether that is a node of the cluster
 * @param local this side
 * @param remote the other side
 * @param passive whether the other side is waited for
 * @param reach how far away it may be
 * @param password of TCP-MD5 (RFC 2385)
 * @param bfd whether loss of the path is found by BFD
 * @param restartTime how long forwarding goes on while the other side restarts, in seconds; 0: not
 * @param reflector cluster identifier, where the other side is a client of this reflector
 * @param channels the families of routes that it carries
 * @param keepNextHop whether routes are handed on with the next hop they came with
 * @param imports what is taken; empty: what the kind of session takes by default
 * @param exports what is sent; empty: the node's own, and what a reflector hands on
 * @param communities what is added to what is sent
 */
public record BirdSession(
        String peer,
        boolean internal,
        End local,
        End remote,
        boolean passive,
        Reach reach,
        Optional<String> password,
        boolean bfd,
        int restartTime,
        Optional<InetAddress> reflector,
        List<Channel> channels,
        boolean keepNextHop,
        Optional<List<PrefixRange>> imports,
        Optional<List<PrefixRange>> exports,
        List<Community> communities) {
    /**
     * One side.
     *
     * @param address of this family
     * @param port TCP port at which it listens
     * @param asNumber its AS
     */
    public record End(InetAddress address, int port, long asNumber) {}

    /**
     * The routes of one family (RFC 4760).
     *
     * @param family of the routes
     * @param nextHop where this node says that it is; empty: at the session's own address, which is
     *     of this family, or of IPv6 (RFC 8950)
     */
    public record Channel(IpFamily family, Optional<InetAddress> nextHop) {}

    /** How far away the other side may be. */
    public sealed interface Reach {
        /** In a network of the node. */
        record Direct() implements Reach {}

        /**
         * Some hops.
         *
         * @param hops at most; 0: any number
         */
        record Multihop(int hops) implements Reach {}
    }

    /** Copies the lists. */
    public BirdSession {
        channels = List.copyOf(channels);
        imports = imports.map(List::copyOf);
        exports = exports.map(List::copyOf);
        communities = List.copyOf(communities);
    }

    /** Whether the sides are of different autonomous systems. */
    public boolean isExternal() {
        return local.asNumber() != remote.asNumber();
    }

    /**
     * Whether routes of IPv4 have next hops of IPv6 (RFC 8950): where they go over IPv6, and the
     * node has no IPv4 address to tell.
     */
    boolean isIpv4ByIpv6() {
        return remote.address() instanceof Inet6Address
                && channels.stream()
                        .anyMatch(channel ->
                                channel.family() == IpFamily.IPV4 && channel.nextHop().isEmpty());
    }

    /**
     * The name of the protocol. A changed name is another session to BIRD: so it says what cannot
     * change without one, and nothing else.
     */
    public String protocol() {
        String address = IpAddresses.format(remote.address());
        return (internal ? "node_" : "peer_") + address.replace('.', '_').replace(':', '_');
    }
}
