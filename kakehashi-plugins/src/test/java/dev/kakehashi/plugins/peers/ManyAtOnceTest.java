package dev.kakehashi.plugins.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.plugins.PluginBed;
import dev.kakehashi.plugins.ReferencePlugin;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Fifty containers at once, by the front binary of a build and one agent. */
@Tag("peers")
@KernelTest
class ManyAtOnceTest {

    private static final int MANY = 50;
    private static final Path DIST = Path.of(System.getProperty("kakehashi.dist", ""));

    @TempDir Path work;
    private final List<Process> agents = new ArrayList<>();

    /** One call of the front binary. */
    private String call(PluginBed bed, String command, int number, Netns container)
            throws Exception {
        String config =
                """
                {"cniVersion": "1.0.0", "name": "many", "type": "bridge", "bridge": "many0",
                 "isDefaultGateway": true, "ipMasq": true, "ipMasqBackend": "nftables",
                 "ipam": {"type": "host-local", "dataDir": "%s",
                          "ranges": [[{"subnet": "10.1.2.0/24"}], [{"subnet": "2001:db8:42::/64"}]]}}
                """
                        .formatted(work.resolve("data"));
        ProcessBuilder builder = new ProcessBuilder(DIST.resolve("cni/bridge").toString());
        builder.environment().put("CNI_COMMAND", command);
        builder.environment().put("CNI_CONTAINERID", "container-" + number);
        builder.environment().put("CNI_IFNAME", "eth0");
        builder.environment()
                .put(
                        "CNI_NETNS",
                        "/proc/"
                                + ProcessHandle.current().pid()
                                + "/fd/"
                                + container.fd().number());
        builder.environment().put("CNI_PATH", DIST.resolve("cni").toString());
        builder.environment().put("KAKEHASHI_SOCKET", socket().toString());
        Process process = bed.host().<Process, IOException>call(builder::start);
        ReferencePlugin.give(process, config.getBytes(StandardCharsets.UTF_8));
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    private Path socket() {
        return work.resolve("run/agent.sock");
    }

    private static <T> List<T> atOnce(List<Callable<T>> tasks) throws Exception {
        List<T> results = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(MANY)) {
            for (Future<T> future : threads.invokeAll(tasks)) {
                results.add(future.get());
            }
        }
        return results;
    }

    @Test
    void fiftyAddsThenFiftyDels_succeedAndLeaveNothing(TestNamespaces namespaces) throws Exception {
        assumeThat(DIST.resolve("cni/bridge")).as("a build: `make build`").isExecutable();
        try (PluginBed bed = PluginBed.create(namespaces)) {
            startAgent(bed);
            List<Netns> containers = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                containers.add(namespaces.create());
            }
            List<Callable<String>> adds = new ArrayList<>();
            List<Callable<String>> dels = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                int number = i;
                adds.add(() -> call(bed, "ADD", number, containers.get(number)));
                dels.add(() -> call(bed, "DEL", number, containers.get(number)));
            }

            Set<String> addresses = new HashSet<>();
            for (String result : atOnce(adds)) {
                for (var ip : JsonParser.parseObject(result).objects("ips")) {
                    addresses.add(ip.string("address", ""));
                }
            }

            assertThat(addresses).hasSize(2 * MANY);
            assertThat(bed.onHost("ip", "-o", "link", "show", "master", "many0").lines())
                    .hasSize(MANY);
            for (Netns container : containers) {
                TestNamespaces.run(container, "ping", "-n", "-q", "-c", "1", "-W", "5", "10.1.2.1");
            }

            atOnce(dels);

            assertThat(bed.onHost("ip", "-o", "link", "show", "group", "default").lines())
                    .allMatch(line -> line.contains(" lo:") || line.contains(" many0:"));
            assertThat(work.resolve("data/many").toFile().list())
                    .containsExactlyInAnyOrder("lock", "last_reserved_ip.0", "last_reserved_ip.1");
            assertThat(bed.onHost("nft", "list", "ruleset")).doesNotContain("container-");
            for (Netns container : containers) {
                assertThat(TestNamespaces.run(container, "ip", "-o", "link"))
                        .doesNotContain(" eth0");
            }
        } finally {
            agents.forEach(Process::destroy);
            for (Process agent : agents) {
                agent.waitFor();
            }
        }
    }

    private void startAgent(PluginBed bed) throws Exception {
        ProcessBuilder builder =
                new ProcessBuilder(
                                DIST.resolve("bin/kakehashi-agent").toString(),
                                "--socket",
                                socket().toString(),
                                "--state",
                                work.resolve("state").toString())
                        .redirectErrorStream(true)
                        .redirectOutput(work.resolve("agent.log").toFile());
        Process agent = bed.host().<Process, IOException>call(builder::start);
        agents.add(agent);
        for (int i = 0; i < 100 && !socket().toFile().exists(); i++) {
            Thread.sleep(50);
        }
        assertThat(socket()).exists();
    }
}
