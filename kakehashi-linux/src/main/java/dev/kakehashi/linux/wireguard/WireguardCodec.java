package dev.kakehashi.linux.wireguard;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.genetlink.GenericNetlink;
import dev.kakehashi.linux.netlink.Attribute;
import dev.kakehashi.linux.netlink.Attributes;
import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;
import dev.kakehashi.linux.netlink.NetlinkMessage;

import org.jspecify.annotations.Nullable;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** {@code WGDEVICE_A_*}, {@code WGPEER_A_*} and {@code WGALLOWEDIP_A_*} of linux/wireguard.h. */
final class WireguardCodec {
    static final int WGDEVICE_A_IFNAME = 2;
    static final int WGDEVICE_A_PRIVATE_KEY = 3;
    static final int WGDEVICE_A_LISTEN_PORT = 6;
    static final int WGDEVICE_A_PEERS = 8;

    private static final int WGPEER_A_PUBLIC_KEY = 1;
    private static final int WGPEER_A_FLAGS = 3;
    private static final int WGPEER_A_ENDPOINT = 4;
    private static final int WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL = 5;
    private static final int WGPEER_A_ALLOWEDIPS = 9;
    private static final int WGPEER_F_REMOVE_ME = 1;
    private static final int WGPEER_F_REPLACE_ALLOWEDIPS = 2;
    private static final int WGALLOWEDIP_A_FAMILY = 1;
    private static final int WGALLOWEDIP_A_IPADDR = 2;
    private static final int WGALLOWEDIP_A_CIDR_MASK = 3;

    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;

    /** {@code struct sockaddr_in}, netinet/in.h. */
    private static final int SOCKADDR_IN = 16;

    /** {@code struct sockaddr_in6}, netinet/in.h. */
    private static final int SOCKADDR_IN6 = 28;

    private static final int PORT_OFFSET = 2;
    private static final int IN_OFFSET = 4;
    private static final int IN6_OFFSET = 8;

    private WireguardCodec() {}

    /** Makes a peer so, whatever it was. */
    static void writePeer(MessageWriter writer, WireguardPeer peer) {
        int peers = writer.begin(WGDEVICE_A_PEERS);
        int one = writer.begin(0);
        writer.bytes(WGPEER_A_PUBLIC_KEY, peer.key().octets());
        writer.u32(WGPEER_A_FLAGS, WGPEER_F_REPLACE_ALLOWEDIPS);
        peer.endpoint().ifPresent(e -> writer.bytes(WGPEER_A_ENDPOINT, socketAddress(e)));
        writer.u16(WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL, peer.persistentKeepalive());
        int prefixes = writer.begin(WGPEER_A_ALLOWEDIPS);
        for (IpPrefix prefix : peer.allowedIps()) {
            int element = writer.begin(0);
            writer.u16(WGALLOWEDIP_A_FAMILY, prefix.isIpv4() ? AF_INET : AF_INET6);
            writer.address(WGALLOWEDIP_A_IPADDR, prefix.address());
            writer.u8(WGALLOWEDIP_A_CIDR_MASK, prefix.length());
            writer.end(element);
        }
        writer.end(prefixes);
        writer.end(one);
        writer.end(peers);
    }

    static void writeRemoval(MessageWriter writer, WireguardKey peer) {
        int peers = writer.begin(WGDEVICE_A_PEERS);
        int one = writer.begin(0);
        writer.bytes(WGPEER_A_PUBLIC_KEY, peer.octets());
        writer.u32(WGPEER_A_FLAGS, WGPEER_F_REMOVE_ME);
        writer.end(one);
        writer.end(peers);
    }

    private static byte[] socketAddress(WireguardEndpoint endpoint) {
        boolean ipv4 = endpoint.address() instanceof Inet4Address;
        ByteBuffer buffer =
                ByteBuffer.allocate(ipv4 ? SOCKADDR_IN : SOCKADDR_IN6)
                        .order(ByteOrder.nativeOrder());
        buffer.putShort(0, (short) (ipv4 ? AF_INET : AF_INET6));
        buffer.order(ByteOrder.BIG_ENDIAN).putShort(PORT_OFFSET, (short) endpoint.port());
        buffer.put(ipv4 ? IN_OFFSET : IN6_OFFSET, endpoint.address().getAddress());
        return buffer.array();
    }

    /** One message of a list: a device, or the part of it that fitted. */
    static Optional<WireguardDevice> decode(NetlinkMessage message)
            throws MalformedMessageException {
        Optional<WireguardPrivateKey> key = Optional.empty();
        int port = 0;
        List<WireguardPeer> peers = new ArrayList<>();
        Attributes attributes = GenericNetlink.attributes(message);
        while (attributes.next()) {
            Attribute a = attributes.attribute();
            switch (a.type()) {
                case WGDEVICE_A_PRIVATE_KEY -> key = privateKey(a);
                case WGDEVICE_A_LISTEN_PORT -> port = a.u16();
                case WGDEVICE_A_PEERS -> {
                    Attributes elements = a.nested();
                    while (elements.next()) {
                        peers.add(peer(elements.attribute().nested()));
                    }
                }
                default -> {}
            }
        }
        return Optional.of(new WireguardDevice(key, port, peers));
    }

    /** The kernel shows a device without a key as one of zeros. */
    private static Optional<WireguardPrivateKey> privateKey(Attribute a)
            throws MalformedMessageException {
        byte[] octets = key(a);
        return Arrays.equals(octets, new byte[WireguardKey.LENGTH])
                ? Optional.empty()
                : Optional.of(WireguardPrivateKey.of(octets));
    }

    private static byte[] key(Attribute a) throws MalformedMessageException {
        if (a.length() != WireguardKey.LENGTH) {
            throw new MalformedMessageException("a WireGuard key of " + a.length() + " octets");
        }
        return a.bytes();
    }

    private static WireguardPeer peer(Attributes attributes) throws MalformedMessageException {
        byte @Nullable [] key = null;
        Optional<WireguardEndpoint> endpoint = Optional.empty();
        int keepalive = 0;
        List<IpPrefix> allowed = new ArrayList<>();
        while (attributes.next()) {
            Attribute a = attributes.attribute();
            switch (a.type()) {
                case WGPEER_A_PUBLIC_KEY -> key = key(a);
                case WGPEER_A_ENDPOINT -> endpoint = endpoint(a.bytes());
                case WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL -> keepalive = a.u16();
                case WGPEER_A_ALLOWEDIPS -> {
                    Attributes elements = a.nested();
                    while (elements.next()) {
                        allowed.add(prefix(elements.attribute().nested()));
                    }
                }
                default -> {}
            }
        }
        if (key == null || Arrays.equals(key, new byte[WireguardKey.LENGTH])) {
            throw new MalformedMessageException("a WireGuard peer without a key");
        }
        return new WireguardPeer(WireguardKey.of(key), endpoint, allowed, keepalive);
    }

    private static Optional<WireguardEndpoint> endpoint(byte[] bytes)
            throws MalformedMessageException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        int family = bytes.length < 2 ? 0 : buffer.getShort(0);
        boolean ipv4 = family == AF_INET && bytes.length >= SOCKADDR_IN;
        if (!ipv4 && (family != AF_INET6 || bytes.length < SOCKADDR_IN6)) {
            throw new MalformedMessageException("a WireGuard endpoint of family " + family);
        }
        byte[] octets = new byte[ipv4 ? 4 : 16];
        buffer.get(ipv4 ? IN_OFFSET : IN6_OFFSET, octets);
        int port = Short.toUnsignedInt(buffer.order(ByteOrder.BIG_ENDIAN).getShort(PORT_OFFSET));
        return Optional.of(new WireguardEndpoint(IpAddresses.of(octets), port));
    }

    private static IpPrefix prefix(Attributes attributes) throws MalformedMessageException {
        @Nullable InetAddress address = null;
        OptionalInt length = OptionalInt.empty();
        while (attributes.next()) {
            Attribute a = attributes.attribute();
            switch (a.type()) {
                case WGALLOWEDIP_A_IPADDR -> address = a.address();
                case WGALLOWEDIP_A_CIDR_MASK -> length = OptionalInt.of(a.u8());
                default -> {}
            }
        }
        if (address == null || length.isEmpty()) {
            throw new MalformedMessageException("an allowed IP without address or length");
        }
        int bits = address.getAddress().length * Byte.SIZE;
        if (length.getAsInt() > bits) {
            throw new MalformedMessageException(
                    "an allowed IP with a length of " + length.getAsInt());
        }
        return new IpPrefix(address, length.getAsInt());
    }
}
