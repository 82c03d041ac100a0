package dev.kakehashi.ipam;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.cni.result.ResultCodec;
import dev.kakehashi.plugins.Calls;
import dev.kakehashi.plugins.ReferencePlugin;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** One directory, served by the reference plugin and by ours. */
@Tag("peers")
class HostLocalPeersTest {

    private static final String RANGES =
            """
            'ranges': [[{'subnet': '10.1.2.0/26', 'rangeStart': '10.1.2.10'},
                        {'subnet': '10.7.0.0/25', 'gateway': '10.7.0.9'}],
                       [{'subnet': '2001:db8:1::/96'}]],
            'routes': [{'dst': '0.0.0.0/0'}, {'dst': '10.9.0.0/16', 'gw': '10.1.2.1'}]\
            """;

    @TempDir Path directory;
    private ReferencePlugin reference;
    private final HostLocal ours =
            HostLocal.of(new FileHost(Path.of("/")), ReservationDirectories.create());

    @BeforeEach
    void findReference() throws IOException {
        reference = ReferencePlugin.of("host-local");
    }

    private PluginRequest request(CniCommand command, String version, Path data, String container) {
        return Calls.with(
                        "{'cniVersion': '%s', 'name': 'n', 'ipam': {'dataDir': '%s', %s}}"
                                .formatted(version, data, RANGES))
                .container(container, "eth0")
                .request(command);
    }

    private CniResult addByReference(PluginRequest request) throws Exception {
        ReferencePlugin.Outcome outcome = reference.run(request);
        assertThat(outcome.status()).as(outcome.stdout()).isZero();
        return ResultCodec.decode(Calls.parse(outcome.stdout()));
    }

    private static Map<String, String> files(Path network) throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> paths = Files.list(network)) {
            for (Path path : paths.toList()) {
                String name = path.getFileName().toString();
                String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
                files.put(name, name.equals("lock") ? "" : mode + " " + Files.readString(path));
            }
        }
        return files;
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.2.0", "0.4.0", "1.0.0", "1.1.0"})
    void bothAnswerAndWriteTheSame(String version) throws Exception {
        Path theirs = directory.resolve("theirs");
        Path mine = directory.resolve("mine");
        for (int i = 0; i < 60; i++) {
            String container = "c" + i;
            CniResult expected =
                    addByReference(request(CniCommand.ADD, version, theirs, container));
            CniResult actual = ours.add(request(CniCommand.ADD, version, mine, container));
            assertThat(ResultCodec.encode(actual, version))
                    .isEqualTo(ResultCodec.encode(expected, version));
            if (i % 3 == 0) {
                String gone = "c" + i / 2;
                assertThat(reference.run(request(CniCommand.DEL, version, theirs, gone)).status())
                        .isZero();
                ours.del(request(CniCommand.DEL, version, mine, gone));
            }
        }
        assertThat(files(mine.resolve("n"))).isEqualTo(files(theirs.resolve("n")));
    }

    @Test
    void bothRefuseWithTheSameText() throws Exception {
        PluginRequest add = request(CniCommand.ADD, "1.0.0", directory, "c");
        addByReference(add);
        String expected = Calls.parse(reference.run(add).stdout()).string("msg", "");
        assertThat(expected).contains("duplicate allocation is not allowed");
        try {
            ours.add(add);
            throw new AssertionError("accepted");
        } catch (CniException e) {
            assertThat(e.msg()).isEqualTo(expected);
        }
    }

    @Test
    void oneDirectory_servedByBothAtOnce_neverGivesAnAddressTwice() throws Exception {
        Set<String> given = ConcurrentHashMap.newKeySet();
        List<Future<?>> runs = new ArrayList<>();
        try (var threads = Executors.newFixedThreadPool(8)) {
            for (int i = 0; i < 80; i++) {
                boolean theirs = i % 2 == 0;
                PluginRequest add = request(CniCommand.ADD, "1.0.0", directory, "c" + i);
                runs.add(
                        threads.submit(() -> {
                            CniResult result = theirs ? addByReference(add) : ours.add(add);
                            for (var ip : result.ips()) {
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
        assertThat(given).hasSize(160);
        for (int i = 0; i < 80; i++) {
            PluginRequest del = request(CniCommand.DEL, "1.0.0", directory, "c" + i);
            // Each is released by the one that did not give it.
            if (i % 2 == 0) {
                ours.del(del);
            } else {
                assertThat(reference.run(del).status()).isZero();
            }
        }
        assertThat(files(directory.resolve("n")))
                .containsOnlyKeys("lock", "last_reserved_ip.0", "last_reserved_ip.1");
    }

    @Test
    void theReference_waitsWhileOurLockIsHeld() throws Exception {
        Path network = directory.resolve("n");
        PluginRequest add = request(CniCommand.ADD, "1.0.0", directory, "c");
        Process process;
        try (var session = new ReservationDirectory(network).lock()) {
            assertThat(session.reservations().all()).isEmpty();
            process = reference.start(add);
            assertThat(process.waitFor(500, TimeUnit.MILLISECONDS)).isFalse();
        }
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }
}
