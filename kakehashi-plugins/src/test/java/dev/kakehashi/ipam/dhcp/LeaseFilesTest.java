package dev.kakehashi.ipam.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cni.json.JsonMember;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.cni.json.JsonValue;
import dev.kakehashi.ipam.dhcp6.Client6;
import dev.kakehashi.ipam.dhcp6.Lease6;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.netns.NetnsId;
import dev.kakehashi.plugins.DamagedCalls;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.testing.Seeds;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

class LeaseFilesTest {

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    @TempDir Path directory;

    private static Holding6 holding6(String container) {
        return new Holding6(
                new Attachment("net", container, "eth0"),
                new Home.Place("/run/netns/" + container, Optional.empty()),
                MacAddress.parse("02:00:00:00:00:07"),
                Optional.of(IpAddresses.parse("fe80::1")),
                new Lease6(
                        IpAddresses.parse("2001:db8::9"),
                        new Client6(new byte[] {0, 3, 0, 1, 2, 0, 0, 0, 0, 7}, 9),
                        new byte[] {0, 3, 0, 1, 2, 0, 0, 0, 0, 1},
                        NOW,
                        NOW.plusSeconds(60),
                        NOW.plusSeconds(90),
                        NOW.plusSeconds(120),
                        List.of(IpAddresses.parse("2001:db8::53")),
                        List.of("example.org")));
    }

    private static Holding4 holding(String container) {
        return new Holding4(
                new Attachment("net", container, "eth0"),
                new Home.Place("/run/netns/" + container, Optional.of(new NetnsId(4, 4026532999L))),
                DhcpOptions.NONE.with(DhcpOptions.CLIENT_ID, (byte) 0, (byte) 'x'),
                new Lease(
                        IpAddresses.parse("192.0.2.9"),
                        IpAddresses.parse("192.0.2.1"),
                        MacAddress.parse("02:00:00:00:00:07"),
                        NOW,
                        DhcpOptions.NONE
                                .with(DhcpOptions.SUBNET_MASK, IpAddresses.parse("255.255.255.0"))
                                .with(DhcpOptions.LEASE_SECONDS, (byte) 0, (byte) 0, (byte) 2)));
    }

    /** Saves it, and says where. */
    private Path fileOf(Holding holding) throws Exception {
        List<Path> before = files();
        new LeaseFiles(directory).save(holding);
        List<Path> after = new ArrayList<>(files());
        after.removeAll(before);
        assertThat(after).hasSize(1);
        return after.getFirst();
    }

    private List<Path> files() throws Exception {
        try (Stream<Path> paths = Files.list(directory)) {
            return paths.toList();
        }
    }

    @Test
    void save_isReadByWhoeverComesAfter() throws Exception {
        Holding saved = holding("one");
        new LeaseFiles(directory).save(saved);
        LeaseFiles files = new LeaseFiles(directory);
        Holding of6 = holding6("one");
        files.save(of6);
        for (Holding one : List.of(saved, of6)) {
            assertThat(files.find(one.key()).orElseThrow().toJson()).isEqualTo(one.toJson());
            files.remove(one.key());
            assertThat(files.find(one.key())).isEmpty();
        }
        assertThat(files.all()).isEmpty();
    }

    /** Whatever is made of one file: the others count, and what is read of it can be kept. */
    @Test
    void damagedFile_isLeftAlone_orALeaseThatCanBeKept() throws Exception {
        RandomGenerator random = Seeds.random();
        Holding good = holding("good");
        LeaseFiles files = new LeaseFiles(directory);
        files.save(good);
        int read = 0;
        for (Holding other : List.of(holding("damaged"), holding6("damaged"))) {
            Path file = fileOf(other);
            byte[] whole = Files.readAllBytes(file);
            for (int i = 0; i < 300; i++) {
                byte[] damaged =
                        random.nextBoolean() ? inValues(other, random) : inBytes(whole, random);
                Files.write(file, damaged);
                String what = new String(damaged, StandardCharsets.UTF_8);

                List<Holding> all = files.all();

                assertThat(all).as(what).anyMatch(h -> h.key().equals(good.key()));
                assertThat(Files.readAllBytes(file)).as("left alone").isEqualTo(damaged);
                for (Holding holding : all) {
                    read++;
                    assertCanBeKept(holding, what);
                }
            }
            Files.delete(file);
        }
        assertThat(read).as("some are read").isGreaterThan(600);
    }

    private static void assertCanBeKept(Holding holding, String what) {
        assertThat(Renewal.next(holding.lease(), NOW)).as(what).isNotNull();
        if (holding instanceof Holding4(var _, var _, DhcpOptions sent, Lease lease)) {
            assertThat(lease.expiry()).as(what).isAfter(lease.since());
            DhcpMessage release =
                    DhcpMessage.request(DhcpMessage.Type.RELEASE, 7, 0, lease.hardware(), sent)
                            .from(lease.address());
            assertThat(DhcpCodec.decode(DhcpCodec.encode(release)))
                    .as(what)
                    .hasValueSatisfying(read -> {
                        assertThat(read.clientAddress()).isEqualTo(lease.address());
                        assertThat(read.hardware()).isEqualTo(lease.hardware());
                    });
        }
    }

    private static byte[] inValues(Holding holding, RandomGenerator random) throws Exception {
        JsonValue damaged = DamagedCalls.damage(holding.toJson(), random);
        return damaged.toCompactString().getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] inBytes(byte[] whole, RandomGenerator random) {
        int length = random.nextBoolean() ? whole.length : random.nextInt(whole.length);
        byte[] damaged = Arrays.copyOf(whole, length);
        for (int n = random.nextInt(3); n > 0 && length > 0; n--) {
            damaged[random.nextInt(length)] = (byte) random.nextInt();
        }
        return damaged;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"address\": \"2001:db8::9\"}",
                "{\"server\": \"example.com\"}",
                "{\"mac\": \"02:00\"}",
                "{\"netnsId\": \"x:y\"}",
                "{\"since\": \"yesterday\"}",
                "{\"since\": 9223372036854775807}",
                "{\"duid\": \"00030001\"}",
                "{\"options\": {\"256\": \"00\"}}",
                "{\"options\": {\"51\": \"0\"}}",
                "{\"sent\": {\"-1\": \"00\"}}",
                "{\"sent\": {\"0\": \"00\"}}",
                "{\"sent\": []}",
                "{\"containerID\": \"\"}",
                "{\"ifname\": 7}"
            })
    void valueThatIsNone_makesTheFileNoLease(String wrong) throws Exception {
        JsonMember member = JsonParser.parseObject(wrong).members().getFirst();
        Holding holding = holding("one");
        Path file = fileOf(holding);
        Files.writeString(file, holding.toJson().with(member.name(), member.value()).toString());
        assertThat(new LeaseFiles(directory).all()).isEmpty();
        assertThat(file).exists();
    }
}
