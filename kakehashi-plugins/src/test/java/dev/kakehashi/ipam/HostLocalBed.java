package dev.kakehashi.ipam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.plugins.Calls;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The plugin {@code host-local} on a directory of its own. */
abstract class HostLocalBed {
    static final String SMALL = "'subnet': '10.1.2.0/29'";

    @TempDir Path root;
    HostLocal plugin;
    Path network;

    @BeforeEach
    void makePlugin() {
        plugin = HostLocal.of(new FileHost(root), ReservationDirectories.create());
        network = root.resolve("var/lib/cni/networks/mynet");
    }

    static Calls calls(String version, String ipam) {
        return Calls.with(
                "{'cniVersion': '%s', 'name': 'mynet', 'type': 'bridge', 'ipam': {'type':"
                                .formatted(version)
                        + " 'host-local', "
                        + ipam
                        + "}}");
    }

    static Calls calls(String ipam) {
        return calls("1.1.0", ipam);
    }

    CniResult add(Calls calls) throws CniException {
        return plugin.add(calls.request(CniCommand.ADD));
    }

    void del(Calls calls) throws CniException {
        plugin.del(calls.request(CniCommand.DEL));
    }

    Map<String, String> files() throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> paths = Files.list(network)) {
            for (Path path : paths.toList()) {
                files.put(path.getFileName().toString(), Files.readString(path));
            }
        }
        return files;
    }

    static List<String> addresses(CniResult result) {
        return result.ips().stream().map(ip -> ip.address().toString()).toList();
    }

    static void assertFails(ThrowingCallable call, int code, String msg) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        CniException.class,
                        e -> {
                            assertThat(e.msg()).isEqualTo(msg);
                            assertThat(e.code()).isEqualTo(code);
                        });
    }
}
