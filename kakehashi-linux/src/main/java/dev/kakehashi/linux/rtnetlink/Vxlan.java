package dev.kakehashi.linux.rtnetlink;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.netlink.Attribute;
import dev.kakehashi.linux.netlink.Attributes;
import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A VXLAN tunnel end point (RFC 7348). Equivalent to: {@code ip link add type vxlan id $vni dev
 * $parent …}. The parent of the link is its underlay.
 *
 * @param vni network identifier, 24 bits; 0 with {@code external}
 * @param local source address of the outer packets
 * @param remote destination of frames without forwarding entry: a host, or a multicast group
 * @param port UDP destination port; the standard's is 4789, Linux' own default 8472
 * @param learning whether addresses are learned from received frames
 * @param ttl of the outer packets; 0 inherits
 * @param ageing seconds that a learned address is kept
 * @param external whether the tunnel's parameters come with each packet (collect metadata)
 * @param udpChecksum whether outer IPv4 packets have a checksum
 * @param gbp whether the group policy extension is used
 */
public record Vxlan(
        int vni,
        Optional<InetAddress> local,
        Optional<InetAddress> remote,
        int port,
        boolean learning,
        OptionalInt ttl,
        OptionalInt ageing,
        boolean external,
        Optional<Boolean> udpChecksum,
        boolean gbp)
        implements LinkKind {
    static final String NAME = "vxlan";

    private static final int IFLA_VXLAN_ID = 1;
    private static final int IFLA_VXLAN_GROUP = 2;
    private static final int IFLA_VXLAN_LINK = 3;
    private static final int IFLA_VXLAN_LOCAL = 4;
    private static final int IFLA_VXLAN_TTL = 5;
    private static final int IFLA_VXLAN_LEARNING = 7;
    private static final int IFLA_VXLAN_AGEING = 8;
    private static final int IFLA_VXLAN_PORT = 15;
    private static final int IFLA_VXLAN_GROUP6 = 16;
    private static final int IFLA_VXLAN_LOCAL6 = 17;
    private static final int IFLA_VXLAN_UDP_CSUM = 18;
    private static final int IFLA_VXLAN_GBP = 23;
    private static final int IFLA_VXLAN_COLLECT_METADATA = 25;

    public Vxlan {
        if (vni >>> 24 != 0) {
            throw new IllegalArgumentException("a VXLAN identifier has 24 bits: " + vni);
        }
        if (port < 0 || port > 0xffff) {
            throw new IllegalArgumentException("not a UDP port: " + port);
        }
    }

    /** An end point with learning, as the kernel makes it, on a port. */
    public static Vxlan of(int vni, int port) {
        return new Vxlan(
                vni,
                Optional.empty(),
                Optional.empty(),
                port,
                true,
                OptionalInt.empty(),
                OptionalInt.empty(),
                false,
                Optional.empty(),
                false);
    }

    /** The same with a source address. */
    public Vxlan withLocal(InetAddress address) {
        return new Vxlan(
                vni,
                Optional.of(address),
                remote,
                port,
                learning,
                ttl,
                ageing,
                external,
                udpChecksum,
                gbp);
    }

    /** The same with a destination for frames without forwarding entry. */
    public Vxlan withRemote(InetAddress address) {
        return new Vxlan(
                vni,
                local,
                Optional.of(address),
                port,
                learning,
                ttl,
                ageing,
                external,
                udpChecksum,
                gbp);
    }

    /** The same without learning. */
    public Vxlan withoutLearning() {
        return new Vxlan(vni, local, remote, port, false, ttl, ageing, external, udpChecksum, gbp);
    }

    /** The same, told by each packet what to do. */
    public Vxlan withExternal() {
        return new Vxlan(0, local, remote, port, learning, ttl, ageing, true, udpChecksum, gbp);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void encode(MessageWriter writer, int parent) {
        if (external) {
            writer.u8(IFLA_VXLAN_COLLECT_METADATA, 1);
        } else {
            writer.u32(IFLA_VXLAN_ID, vni);
        }
        if (parent != 0) {
            writer.u32(IFLA_VXLAN_LINK, parent);
        }
        writeChangeable(writer);
        writer.be16(IFLA_VXLAN_PORT, port);
        Wanted.flag(writer, IFLA_VXLAN_UDP_CSUM, udpChecksum);
        if (gbp) {
            writer.flag(IFLA_VXLAN_GBP);
        }
    }

    /** The kernel refuses port, mode and flags, also unchanged ones (vxlan_nl2conf()). */
    @Override
    public void encodeChange(MessageWriter writer) {
        writeChangeable(writer);
    }

    private void writeChangeable(MessageWriter writer) {
        remote.ifPresent(a -> writer.address(isIpv4(a) ? IFLA_VXLAN_GROUP : IFLA_VXLAN_GROUP6, a));
        local.ifPresent(a -> writer.address(isIpv4(a) ? IFLA_VXLAN_LOCAL : IFLA_VXLAN_LOCAL6, a));
        Wanted.u8(writer, IFLA_VXLAN_TTL, ttl);
        writer.u8(IFLA_VXLAN_LEARNING, learning ? 1 : 0);
        Wanted.u32(writer, IFLA_VXLAN_AGEING, ageing);
    }

    @Override
    public boolean hasParentAttribute() {
        return true;
    }

    /** The underlay's index in the attributes, 0 for none. */
    static int parent(Attributes data) throws MalformedMessageException {
        while (data.next()) {
            if (data.attribute().type() == IFLA_VXLAN_LINK) {
                return data.attribute().u32();
            }
        }
        return 0;
    }

    private static boolean isIpv4(InetAddress address) {
        return address instanceof Inet4Address;
    }

    @Override
    public String options() {
        StringBuilder text = new StringBuilder(external ? " external" : " id " + vni);
        remote.ifPresent(a ->
                text.append(a.isMulticastAddress() ? " group " : " remote ")
                        .append(IpAddresses.format(a)));
        local.ifPresent(a -> text.append(" local ").append(IpAddresses.format(a)));
        Wanted.words(text, "ttl", ttl);
        text.append(" dstport ").append(port).append(learning ? " learning" : " nolearning");
        Wanted.words(text, "ageing", ageing);
        Wanted.words(text, "", udpChecksum, "udpcsum", "noudpcsum");
        return gbp ? text.append(" gbp").toString() : text.toString();
    }

    @Override
    public boolean matches(LinkKind observed) {
        return observed instanceof Vxlan other
                && vni == other.vni
                && Wanted.matches(local, other.local)
                && Wanted.matches(remote, other.remote)
                && port == other.port
                && learning == other.learning
                && Wanted.matches(ttl, other.ttl)
                && Wanted.matches(ageing, other.ageing)
                && external == other.external
                && Wanted.matches(udpChecksum, other.udpChecksum)
                && gbp == other.gbp;
    }

    /**
     * The kernel changes addresses, TTL and ageing in place, and neither identifier, port nor mode
     * (vxlan_changelink). Learning is among what it changes.
     */
    @Override
    public boolean changeableFrom(LinkKind observed) {
        return observed instanceof Vxlan other
                && vni == other.vni
                && port == other.port
                && external == other.external
                && Wanted.matches(udpChecksum, other.udpChecksum)
                && gbp == other.gbp;
    }

    static Vxlan decode(Attributes data) throws MalformedMessageException {
        int vni = 0;
        Optional<InetAddress> local = Optional.empty();
        Optional<InetAddress> remote = Optional.empty();
        int port = 0;
        boolean learning = false;
        OptionalInt ttl = OptionalInt.empty();
        OptionalInt ageing = OptionalInt.empty();
        boolean external = false;
        Optional<Boolean> checksum = Optional.empty();
        boolean gbp = false;
        while (data.next()) {
            Attribute a = data.attribute();
            switch (a.type()) {
                case IFLA_VXLAN_ID -> vni = a.u32() & 0xffffff;
                case IFLA_VXLAN_GROUP, IFLA_VXLAN_GROUP6 -> remote = Optional.of(a.address());
                case IFLA_VXLAN_LOCAL, IFLA_VXLAN_LOCAL6 -> local = Optional.of(a.address());
                case IFLA_VXLAN_TTL -> ttl = OptionalInt.of(a.u8());
                case IFLA_VXLAN_LEARNING -> learning = a.u8() != 0;
                case IFLA_VXLAN_AGEING -> ageing = OptionalInt.of(a.u32());
                case IFLA_VXLAN_PORT -> port = a.be16();
                case IFLA_VXLAN_UDP_CSUM -> checksum = Optional.of(a.u8() != 0);
                case IFLA_VXLAN_GBP -> gbp = true;
                case IFLA_VXLAN_COLLECT_METADATA -> external = a.u8() != 0;
                default -> {}
            }
        }
        return new Vxlan(vni, local, remote, port, learning, ttl, ageing, external, checksum, gbp);
    }
}
