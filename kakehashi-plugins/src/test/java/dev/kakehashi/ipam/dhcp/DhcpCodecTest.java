package dev.kakehashi.ipam.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.ipam.DomainNames;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.testing.Seeds;

import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.random.RandomGenerator;

class DhcpCodecTest {

    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:07");

    private static DhcpMessage message(DhcpOptions options) {
        return DhcpMessage.request(DhcpMessage.Type.DISCOVER, 0x01020304, 9, MAC, options)
                .withBroadcast(true)
                .from(IpAddresses.parse("192.0.2.9"));
    }

    @Test
    void encode_isWhatTheStandardSays() {
        byte[] encoded = DhcpCodec.encode(message(DhcpOptions.NONE));
        assertThat(encoded).hasSize(300);
        assertThat(Arrays.copyOf(encoded, 16))
                .containsExactly(1, 1, 6, 0, 1, 2, 3, 4, 0, 9, 0x80, 0, 192, 0, 2, 9);
        assertThat(Arrays.copyOfRange(encoded, 28, 34)).containsExactly(2, 0, 0, 0, 0, 7);
        assertThat(Arrays.copyOfRange(encoded, 236, 244))
                .containsExactly(0x63, 0x82, 0x53, 0x63, 53, 1, 1, 255);
    }

    @Test
    void decode_readsWhatWasEncoded_longOptionsToo() {
        byte[] text = new byte[700];
        Arrays.fill(text, (byte) 'x');
        DhcpMessage sent = message(DhcpOptions.NONE.with(77, text).with(12, new byte[0]));
        DhcpMessage read = DhcpCodec.decode(DhcpCodec.encode(sent)).orElseThrow();
        assertThat(read.xid()).isEqualTo(sent.xid());
        assertThat(read.seconds()).isEqualTo(9);
        assertThat(read.broadcast()).isTrue();
        assertThat(read.clientAddress()).isEqualTo(sent.clientAddress());
        assertThat(read.hardware()).isEqualTo(MAC);
        assertThat(read.type()).contains(DhcpMessage.Type.DISCOVER);
        assertThat(read.options().find(77).orElseThrow()).isEqualTo(text);
        assertThat(read.options().find(12).orElseThrow()).isEmpty();
    }

    @Test
    void decode_findsOptionsInTheFieldsForNames() {
        byte[] encoded = DhcpCodec.encode(message(DhcpOptions.NONE.with(52, (byte) 3)));
        encoded[44] = 15; // sname
        encoded[45] = 1;
        encoded[46] = 'a';
        encoded[47] = (byte) 255;
        encoded[108] = 12; // file
        encoded[109] = 1;
        encoded[110] = 'b';
        encoded[111] = (byte) 255;
        DhcpOptions options = DhcpCodec.decode(encoded).orElseThrow().options();
        assertThat(options.text(15)).contains("a");
        assertThat(options.text(12)).contains("b");
    }

    @Test
    void decode_bearsAnything() {
        RandomGenerator random = Seeds.random();
        byte[] good =
                DhcpCodec.encode(
                        message(DhcpOptions.NONE.with(121, new byte[40]).with(119, new byte[9])));
        for (int i = 0; i < 20_000; i++) {
            byte[] bad = Arrays.copyOf(good, random.nextInt(good.length + 1));
            for (int j = random.nextInt(8); j > 0 && bad.length > 0; j--) {
                int at =
                        bad.length > 236 && random.nextBoolean()
                                ? random.nextInt(236, bad.length)
                                : random.nextInt(bad.length);
                bad[at] = (byte) random.nextInt();
            }
            Optional<DhcpMessage> read = DhcpCodec.decode(bad);
            read.ifPresent(message -> {
                assertThat(message.hardware()).isNotNull();
                message.options().find(119).ifPresent(DomainNames::decode);
            });
            assertThat(UdpPacket.toClient(bad)).isNotNull();
        }
    }

    @Test
    void leaseOfAnyOptions_isAResultOrACniError() {
        RandomGenerator random = Seeds.random();
        int[] numbers = {1, 3, 6, 12, 15, 26, 33, 51, 54, 58, 59, 119, 121, 42, 252};
        for (int i = 0; i < 20_000; i++) {
            DhcpOptions options = DhcpOptions.NONE;
            for (int number : numbers) {
                if (random.nextBoolean()) {
                    byte[] value = new byte[random.nextInt(random.nextInt(4) == 0 ? 40 : 9)];
                    random.nextBytes(value);
                    options = options.with(number, value);
                }
            }
            DhcpMessage ack = DhcpCodec.decode(DhcpCodec.encode(message(options))).orElseThrow();
            Lease lease = Lease.of(ack, Instant.EPOCH, Optional.empty());
            assertThat(lease.address()).isNotNull();
            try {
                assertThat(LeaseResult.of(lease, 7).ips()).hasSize(1);
            } catch (CniException e) {
                assertThat(e.code()).isPositive();
                assertThat(e.getMessage()).isNotBlank();
            }
        }
    }

    @Test
    void udpPacket_isForItsReceiver() {
        byte[] packet =
                UdpPacket.toServer(
                        DhcpMessage.NOBODY,
                        IpAddresses.parse("255.255.255.255"),
                        new byte[] {1, 2, 3});
        assertThat(packet).hasSize(31);
        assertThat(UdpPacket.toClient(packet)).as("it goes to a server").isEmpty();
        packet[23] = UdpPacket.CLIENT_PORT;
        assertThat(UdpPacket.toClient(packet)).hasValue(new byte[] {1, 2, 3});
        packet[8]++; // the header's checksum is wrong then
        assertThat(UdpPacket.toClient(packet)).isEmpty();
    }

    @Test
    void domainNames_followPointers_butNotRoundInCircles() {
        byte[] value = {
            3, 'l', 'a', 'b', 7, 'e', 'x', 'a', 'm', 'p', 'l', 'e', 0, 1, 'a', (byte) 0xc0, 0
        };
        assertThat(DomainNames.decode(value)).containsExactly("lab.example", "a.lab.example");
        assertThat(DomainNames.decode(new byte[] {(byte) 0xc0, 0})).isEmpty();
        assertThat(DomainNames.decode(new byte[] {9, 'x'})).isEmpty();
    }
}
