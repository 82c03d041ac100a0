package dev.kakehashi.ipam.dhcp6;

import dev.kakehashi.ipam.DomainNames;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;

import java.net.InetAddress;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a router says of its network (RFC 4861, section 4.2).
 *
 * @param router its link-local address
 * @param lifetime how long it is a default router; zero when it is none
 * @param managed whether addresses are to be had by DHCPv6
 * @param prefixes prefixes that hosts make addresses in by themselves (RFC 4862)
 * @param nameServers of RFC 8106, whose lifetime is not zero
 * @param searchList likewise
 */
public record RouterAdvertisement(
        InetAddress router,
        Duration lifetime,
        boolean managed,
        List<IpPrefix> prefixes,
        List<InetAddress> nameServers,
        List<String> searchList) {

    private static final int IP_HEADER = 40;
    private static final int ICMP = 58;
    private static final int TYPE = 134;
    private static final int HEADER = 16;
    private static final int UNIT = 8;
    private static final int V6 = 16;
    private static final int NEVER_FORWARDED = 255;
    private static final int FLAG_MANAGED = 0x80;
    private static final int FLAG_AUTONOMOUS = 0x40;
    private static final int PREFIX_INFORMATION = 3;
    private static final int RDNSS = 25;
    private static final int DNSSL = 31;

    /** The only length that interface identifiers fit (RFC 4862, section 5.5.3). */
    private static final int AUTONOMOUS_LENGTH = 64;

    /** Whether it is a default router. */
    public boolean isDefaultRouter() {
        return !lifetime.isZero();
    }

    /**
     * Reads a packet; empty when it is no valid advertisement: one that comes from a neighbour's
     * link-local address, was not forwarded, and is whole (RFC 4861, section 6.1.2).
     *
     * @param packet from the IPv6 header on
     */
    public static Optional<RouterAdvertisement> decode(byte[] packet) {
        if (packet.length < IP_HEADER + HEADER || packet[0] >>> 4 != 6 || packet[6] != ICMP) {
            return Optional.empty();
        }
        ByteBuffer in = ByteBuffer.wrap(packet);
        int length = Short.toUnsignedInt(in.getShort(4));
        InetAddress router = address(ByteBuffer.wrap(packet, 8, V6));
        if (Byte.toUnsignedInt(packet[7]) != NEVER_FORWARDED
                || !router.isLinkLocalAddress()
                || length < HEADER
                || IP_HEADER + length > packet.length
                || Byte.toUnsignedInt(packet[IP_HEADER]) != TYPE
                || packet[IP_HEADER + 1] != 0
                || Icmpv6.checksum(packet, length) != 0) {
            return Optional.empty();
        }
        try {
            return options(router, in.slice(IP_HEADER, length));
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            return Optional.empty(); // an option that says it is longer than it is
        }
    }

    private static Optional<RouterAdvertisement> options(InetAddress router, ByteBuffer in) {
        boolean managed = (in.get(5) & FLAG_MANAGED) != 0;
        Duration lifetime = Duration.ofSeconds(Short.toUnsignedInt(in.getShort(6)));
        List<IpPrefix> prefixes = new ArrayList<>();
        List<InetAddress> nameServers = new ArrayList<>();
        List<String> searchList = new ArrayList<>();
        in.position(HEADER);
        while (in.hasRemaining()) {
            int type = Byte.toUnsignedInt(in.get());
            int length = Byte.toUnsignedInt(in.get()) * UNIT;
            if (length == 0) {
                return Optional.empty();
            }
            byte[] body = new byte[length - 2];
            in.get(body);
            ByteBuffer option = ByteBuffer.wrap(body);
            switch (type) {
                case PREFIX_INFORMATION -> prefix(option).ifPresent(prefixes::add);
                case RDNSS -> {
                    if (option.getInt(2) != 0) {
                        option.position(6);
                        while (option.remaining() >= V6) {
                            nameServers.add(address(option));
                        }
                    }
                }
                case DNSSL -> {
                    if (option.getInt(2) != 0) {
                        byte[] names = new byte[body.length - 6];
                        option.get(6, names);
                        searchList.addAll(DomainNames.decode(names));
                    }
                }
                default -> {} // for the kernel, or for nobody
            }
        }
        return Optional.of(
                new RouterAdvertisement(
                        router,
                        lifetime,
                        managed,
                        List.copyOf(prefixes),
                        List.copyOf(nameServers),
                        List.copyOf(searchList)));
    }

    private static Optional<IpPrefix> prefix(ByteBuffer option) {
        int length = Byte.toUnsignedInt(option.get());
        int flags = option.get();
        int validSeconds = option.getInt();
        option.position(option.position() + 8); // preferred lifetime, reserved
        InetAddress address = address(option);
        return length == AUTONOMOUS_LENGTH
                        && (flags & FLAG_AUTONOMOUS) != 0
                        && validSeconds != 0
                        && !address.isLinkLocalAddress()
                ? Optional.of(new IpPrefix(address, length).network())
                : Optional.empty();
    }

    private static InetAddress address(ByteBuffer in) {
        byte[] octets = new byte[V6];
        in.get(octets);
        return IpAddresses.of(octets);
    }
}
