package dev.kakehashi.ipam.dhcp6;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.testing.Seeds;

import org.junit.jupiter.api.Test;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.random.RandomGenerator;

class RouterAdvertisementTest {

    private static final InetAddress ROUTER = IpAddresses.parse("fe80::1");
    private static final int ICMP = 40;

    private static byte[] packet(InetAddress from, int hopLimit, byte[]... options) {
        int length = 16 + Arrays.stream(options).mapToInt(option -> option.length).sum();
        ByteBuffer out = ByteBuffer.allocate(ICMP + length);
        out.put((byte) 0x60).put(new byte[3]).putShort((short) length);
        out.put((byte) 58).put((byte) hopLimit).put(from.getAddress());
        out.put(IpAddresses.parse("ff02::1").getAddress());
        out.put((byte) 134).put((byte) 0).putShort((short) 0);
        out.put((byte) 64).put((byte) 0x80).putShort((short) 1800).putLong(0);
        Arrays.stream(options).forEach(out::put);
        out.putShort(ICMP + 2, (short) Icmpv6.checksum(out.array(), length));
        return out.array();
    }

    private static byte[] prefix(String prefix, int length, int flags, int valid) {
        return ByteBuffer.allocate(32)
                .put(new byte[] {3, 4, (byte) length, (byte) flags})
                .putInt(valid)
                .putInt(valid)
                .putInt(0)
                .put(IpAddresses.parse(prefix).getAddress())
                .array();
    }

    private static byte[] nameServer(String server, int lifetime) {
        return ByteBuffer.allocate(24)
                .put(new byte[] {25, 3, 0, 0})
                .putInt(lifetime)
                .put(IpAddresses.parse(server).getAddress())
                .array();
    }

    private static byte[] searchList(int lifetime) {
        return ByteBuffer.allocate(24)
                .put(new byte[] {31, 3, 0, 0})
                .putInt(lifetime)
                .put("\3lab\7example\0".getBytes(StandardCharsets.US_ASCII))
                .array();
    }

    private static byte[] whole() {
        return packet(
                ROUTER,
                255,
                prefix("fd00:1::", 64, 0xc0, 600),
                nameServer("fd00:1::53", 600),
                searchList(600));
    }

    @Test
    void advertisement_isRead() {
        RouterAdvertisement read = RouterAdvertisement.decode(whole()).orElseThrow();
        assertThat(read.router()).isEqualTo(ROUTER);
        assertThat(read.lifetime()).isEqualTo(Duration.ofMinutes(30));
        assertThat(read.isDefaultRouter()).isTrue();
        assertThat(read.managed()).isTrue();
        assertThat(read.prefixes()).containsExactly(IpPrefix.parse("fd00:1::/64"));
        assertThat(read.nameServers()).containsExactly(IpAddresses.parse("fd00:1::53"));
        assertThat(read.searchList()).containsExactly("lab.example");
    }

    @Test
    void whatIsNotForAutonomousAddresses_isLeftOut() {
        byte[] packet =
                packet(
                        ROUTER,
                        255,
                        prefix("fd00:1::", 64, 0x80, 600),
                        prefix("fd00:2::", 80, 0xc0, 600),
                        prefix("fd00:3::", 64, 0xc0, 0),
                        prefix("fe80::", 64, 0xc0, 600),
                        nameServer("fd00:1::53", 0),
                        searchList(0));
        RouterAdvertisement read = RouterAdvertisement.decode(packet).orElseThrow();
        assertThat(read.prefixes()).isEmpty();
        assertThat(read.nameServers()).isEmpty();
        assertThat(read.searchList()).isEmpty();
    }

    @Test
    void forgedOrForwardedAdvertisement_isNotBelieved() {
        InetAddress far = IpAddresses.parse("2001:db8::1");
        assertThat(RouterAdvertisement.decode(packet(far, 255))).isEmpty();
        assertThat(RouterAdvertisement.decode(packet(ROUTER, 254))).isEmpty();
        byte[] wrongSum = whole();
        wrongSum[ICMP + 2] ^= 1;
        assertThat(RouterAdvertisement.decode(wrongSum)).isEmpty();
        assertThat(RouterAdvertisement.decode(packet(ROUTER, 255, new byte[] {1, 0, 0, 0})))
                .as("an option of no length")
                .isEmpty();
    }

    @Test
    void damagedAdvertisement_isReadOrRefused_neverMore() {
        RandomGenerator random = Seeds.random();
        int read = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] packet = Arrays.copyOf(whole(), random.nextInt(1, whole().length + 8));
            for (int j = random.nextInt(4); j > 0; j--) {
                packet[random.nextInt(packet.length)] = (byte) random.nextInt();
            }
            if (packet.length > ICMP + 4) { // let it get beyond the checksum
                int length = packet.length - ICMP;
                packet[4] = (byte) (length >> 8);
                packet[5] = (byte) length;
                packet[ICMP + 2] = 0;
                packet[ICMP + 3] = 0;
                int sum = Icmpv6.checksum(packet, length);
                packet[ICMP + 2] = (byte) (sum >> 8);
                packet[ICMP + 3] = (byte) sum;
            }
            Optional<RouterAdvertisement> advertisement = RouterAdvertisement.decode(packet);
            read += advertisement.isPresent() ? 1 : 0;
            advertisement.ifPresent(found ->
                    assertThat(found.prefixes()).allMatch(prefix -> prefix.length() == 64));
        }
        assertThat(read).as("some survive").isPositive();
    }

    @Test
    void solicitation_isWhole() {
        byte[] packet = Icmpv6.routerSolicitation();
        assertThat(packet).hasSize(48);
        assertThat(packet[ICMP]).isEqualTo((byte) 133);
        assertThat(Icmpv6.checksum(packet, 8)).isZero();
        assertThat(IpAddresses.of(Arrays.copyOfRange(packet, 24, 40)))
                .isEqualTo(IpAddresses.parse("ff02::2"));
    }
}
