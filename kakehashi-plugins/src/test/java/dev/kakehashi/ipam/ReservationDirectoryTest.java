package dev.kakehashi.ipam;

import static dev.kakehashi.ipam.Ips.ip;
import static dev.kakehashi.ipam.Ips.ips;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.plugins.Calls;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

class ReservationDirectoryTest {

    private static final Owner OWNER = Owner.of("c", "eth0");

    @TempDir Path directory;

    @Test
    void remembered_seesWhatOthersDidMeanwhile() throws Exception {
        var mine = new ReservationDirectory(directory);
        var theirs = new ReservationDirectory(directory);
        for (int i = 2; i < 200; i++) {
            // Without a pause, so that time stamps may be equal.
            IpNumber address = ip("10.0.0." + i);
            try (var session = mine.lock()) {
                assertThat(session.reserve(address, OWNER, 0)).isTrue();
            }
            try (var session = theirs.lock()) {
                assertThat(session.reservations().addresses()).containsExactly(address);
                session.release(address);
            }
            try (var session = mine.lock()) {
                assertThat(session.reservations().addresses()).isEmpty();
            }
        }
    }

    @Test
    void remembered_afterTheDirectoryWasReplaced_isForgotten() throws Exception {
        Path network = directory.resolve("n");
        var mine = new ReservationDirectory(network);
        try (var session = mine.lock()) {
            session.reserve(ip("10.0.0.2"), OWNER, 0);
        }
        Files.move(network, directory.resolve("old"));
        try (var session = mine.lock()) {
            assertThat(session.reservations().addresses()).isEmpty();
        }
    }

    @Test
    void reserve_whatSomebodyMadeWithoutTheLock_isRefused() throws Exception {
        var mine = new ReservationDirectory(directory);
        try (var session = mine.lock()) {
            Files.createFile(directory.resolve("10.0.0.2"));
            assertThat(session.reserve(ip("10.0.0.2"), OWNER, 0)).isFalse();
            assertThat(session.lastGiven(0)).isEmpty();
        }
    }

    @Test
    void release_ofAnAddressSpelledInAnotherWay_findsItsFile() throws Exception {
        Files.writeString(directory.resolve("2001:DB8:0::2"), "c\r\neth0");
        try (var session = new ReservationDirectory(directory).lock()) {
            assertThat(session.reservations().addresses()).isEqualTo(ips("2001:db8::2"));
            session.release(ip("2001:db8::2"));
        }
        assertThat(directory.resolve("2001:DB8:0::2")).doesNotExist();
    }

    /** Half of the callers share what is remembered, half know nothing of each other. */
    @Test
    void fiftyAtOnce_neverGetTheSameAddress() throws Exception {
        ReservationDirectories shared = ReservationDirectories.create();
        Calls calls =
                Calls.with(
                        "{'cniVersion': '1.1.0', 'name': 'n', 'ipam': {'ranges':"
                                + " [[{'subnet': '10.0.0.0/24'}], [{'subnet': '2001:db8::/64'}]]}}");
        Set<String> given = ConcurrentHashMap.newKeySet();
        List<Future<?>> runs = new ArrayList<>();
        try (var threads = Executors.newFixedThreadPool(50)) {
            for (int i = 0; i < 50; i++) {
                boolean alone = i % 2 == 0;
                var add = calls.container("c" + i, "eth0").request(CniCommand.ADD);
                var del = calls.request(CniCommand.DEL);
                runs.add(
                        threads.submit(() -> {
                            HostLocal plugin =
                                    HostLocal.of(
                                            new FileHost(directory),
                                            alone ? ReservationDirectories.create() : shared);
                            plugin.add(add);
                            plugin.del(del);
                            for (var ip : plugin.add(add).ips()) {
                                assertThat(given.add(ip.address().toString()))
                                        .as("%s is new", ip.address())
                                        .isTrue();
                            }
                            return null;
                        }));
            }
            for (Future<?> run : runs) {
                run.get();
            }
        }
        assertThat(given).hasSize(100);
        assertThat(directory.resolve("var/lib/cni/networks/n").toFile().list())
                .filteredOn(name -> !name.equals("lock") && !name.startsWith("last_"))
                .hasSize(100);
    }
}
