package dev.kakehashi.linux.rtnetlink;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.netlink.Attribute;
import dev.kakehashi.linux.netlink.Attributes;
import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;

import java.net.InetAddress;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A tunnel of IPv4 in IPv4 (RFC 2003). Equivalent to: {@code ip link add type ipip local $local
 * remote $remote ttl $ttl}.
 *
 * @param local source address of the outer packets
 * @param remote their destination; empty: the routes' gateways
 * @param ttl of the outer packets; 0 inherits
 * @param pathMtuDiscovery whether outer packets may not be fragmented
 * @param external whether the tunnel's parameters come with each packet (collect metadata)
 */
public record Ipip(
        Optional<InetAddress> local,
        Optional<InetAddress> remote,
        OptionalInt ttl,
        Optional<Boolean> pathMtuDiscovery,
        boolean external)
        implements LinkKind {
    static final String NAME = "ipip";
    private static final int IFLA_IPTUN_LINK = 1;
    private static final int IFLA_IPTUN_LOCAL = 2;
    private static final int IFLA_IPTUN_REMOTE = 3;
    private static final int IFLA_IPTUN_TTL = 4;
    private static final int IFLA_IPTUN_PMTUDISC = 10;
    private static final int IFLA_IPTUN_COLLECT_METADATA = 19;

    /** A tunnel whose ends are found by routes. */
    public static Ipip any() {
        return new Ipip(
                Optional.empty(), Optional.empty(), OptionalInt.empty(), Optional.empty(), false);
    }

    /** The same with a source address. */
    public Ipip withLocal(InetAddress address) {
        return new Ipip(Optional.of(address), remote, ttl, pathMtuDiscovery, external);
    }

    /** The same with a destination. */
    public Ipip withRemote(InetAddress address) {
        return new Ipip(local, Optional.of(address), ttl, pathMtuDiscovery, external);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void encode(MessageWriter writer, int parent) {
        if (parent != 0) {
            writer.u32(IFLA_IPTUN_LINK, parent);
        }
        local.ifPresent(a -> writer.address(IFLA_IPTUN_LOCAL, a));
        remote.ifPresent(a -> writer.address(IFLA_IPTUN_REMOTE, a));
        Wanted.u8(writer, IFLA_IPTUN_TTL, ttl);
        Wanted.flag(writer, IFLA_IPTUN_PMTUDISC, pathMtuDiscovery);
        if (external) {
            writer.flag(IFLA_IPTUN_COLLECT_METADATA);
        }
    }

    @Override
    public boolean hasParentAttribute() {
        return true;
    }

    @Override
    public String options() {
        StringBuilder text = new StringBuilder(external ? " external" : "");
        remote.ifPresent(a -> text.append(" remote ").append(IpAddresses.format(a)));
        local.ifPresent(a -> text.append(" local ").append(IpAddresses.format(a)));
        Wanted.words(text, "ttl", ttl);
        Wanted.words(text, "", pathMtuDiscovery, "pmtudisc", "nopmtudisc");
        return text.toString();
    }

    @Override
    public boolean matches(LinkKind observed) {
        return observed instanceof Ipip other
                && Wanted.matches(local, other.local)
                && Wanted.matches(remote, other.remote)
                && Wanted.matches(ttl, other.ttl)
                && Wanted.matches(pathMtuDiscovery, other.pathMtuDiscovery)
                && external == other.external;
    }

    @Override
    public boolean changeableFrom(LinkKind observed) {
        return observed instanceof Ipip other && external == other.external;
    }

    static Ipip decode(Attributes data) throws MalformedMessageException {
        Optional<InetAddress> local = Optional.empty();
        Optional<InetAddress> remote = Optional.empty();
        OptionalInt ttl = OptionalInt.empty();
        Optional<Boolean> discovery = Optional.empty();
        boolean external = false;
        while (data.next()) {
            Attribute a = data.attribute();
            switch (a.type()) {
                case IFLA_IPTUN_LOCAL -> local = unlessAny(a.address());
                case IFLA_IPTUN_REMOTE -> remote = unlessAny(a.address());
                case IFLA_IPTUN_TTL -> ttl = OptionalInt.of(a.u8());
                case IFLA_IPTUN_PMTUDISC -> discovery = Optional.of(a.u8() != 0);
                case IFLA_IPTUN_COLLECT_METADATA -> external = true;
                default -> {}
            }
        }
        return new Ipip(local, remote, ttl, discovery, external);
    }

    private static Optional<InetAddress> unlessAny(InetAddress address) {
        return address.isAnyLocalAddress() ? Optional.empty() : Optional.of(address);
    }
}
