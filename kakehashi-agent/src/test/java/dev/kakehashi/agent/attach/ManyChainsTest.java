package dev.kakehashi.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cni.config.NetworkConfigList;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.cni.result.CniIp;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.cni.runtime.CniRuntime;
import dev.kakehashi.cni.runtime.RuntimeConf;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Fifty whole chains (bridge with host-local, portmap, firewall, bandwidth, tuning) at once: a
 * runtime each, all their front binaries at one agent.
 */
@KernelTest
class ManyChainsTest {
    private static final int MANY = 50;
    private static final int FIRST_PORT = 8000;

    @TempDir Path directory;
    @RegisterExtension final AgentBed bed = new AgentBed(() -> directory);

    @ParameterizedTest
    @ValueSource(strings = {"nftables", "iptables"})
    void fiftyAddsThenFiftyDels_succeedAndLeaveTheKernelAsItWas(String backend) throws Exception {
        Path data = Files.createDirectory(directory.resolve("data"));
        NetworkConfigList network =
                FrontBinaries.network(
                        CrashedNetwork.chain(backend)
                                .list(data.toString())
                                // Neighbours on one bridge need addresses of their own.
                                .replace("\"mac\": \"02:00:00:00:00:17\", ", ""));
        CniRuntime runtime =
                FrontBinaries.runtime(bed, new FrontBinaries(bed), data.resolve("cache"));
        List<Netns> containers = new ArrayList<>();
        List<RuntimeConf> attachments = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            containers.add(bed.container());
            attachments.add(attachment(i, containers.getLast()));
        }
        Set<String> emptyContainer = Traces.of(containers.getFirst());
        bed.startAgent();
        // What all attachments share is made by the first, and stays.
        runtime.add(network, attachments.getFirst());
        runtime.del(network, attachments.getFirst());
        bed.awaitReaper();
        Set<String> before = traces(bed, data);

        List<CniResult> results =
                atOnce(attachments, attachment -> runtime.add(network, attachment).decode());

        Set<String> addresses = new HashSet<>();
        for (CniResult result : results) {
            for (CniIp ip : result.ips()) {
                addresses.add(ip.address().toString());
            }
        }
        assertThat(addresses).as("of both families, none twice").hasSize(2 * MANY);
        assertThat(bed.hostLinks().lines()).as("host ends").hasSize(MANY);
        var _ =
                atOnce(
                        attachments,
                        attachment -> {
                            runtime.check(network, attachment);
                            return true;
                        });
        for (Netns container : containers) {
            TestNamespaces.run(container, "ping", "-n", "-q", "-c", "1", "-W", "5", "10.1.0.1");
        }

        var _ =
                atOnce(
                        attachments,
                        attachment -> {
                            runtime.del(network, attachment);
                            return true;
                        });

        bed.awaitReaper();
        assertThat(Traces.difference(before, traces(bed, data))).isEmpty();
        assertThat(Traces.difference(emptyContainer, Traces.of(containers.getFirst()))).isEmpty();
        for (Netns container : containers) {
            assertThat(TestNamespaces.run(container, "ip", "-o", "link")).doesNotContain("eth0");
        }
    }

    private static RuntimeConf attachment(int number, Netns container) throws Exception {
        String ports =
                """
                {"portMappings": [{"hostPort": %d, "containerPort": 80, "protocol": "tcp"},
                                  {"hostPort": %d, "containerPort": 53, "protocol": "udp"}]}
                """
                        .formatted(FIRST_PORT + number, FIRST_PORT + number);
        return RuntimeConf.of("container-" + number, AgentBed.path(container), "eth0")
                .withCapabilityArgs(JsonParser.parseObject(ports));
    }

    /** The host and all files, without what the runtimes remember. */
    private static Set<String> traces(AgentBed bed, Path data) throws Exception {
        Set<String> traces = new TreeSet<>(Traces.of(bed.host()));
        traces.addAll(Traces.files(data));
        for (Path slot : bed.leftovers().unfinished()) {
            traces.add("journal " + slot.getFileName());
        }
        return traces;
    }

    @FunctionalInterface
    private interface Work<T> {
        T on(RuntimeConf attachment) throws Exception;
    }

    private static <T> List<T> atOnce(List<RuntimeConf> attachments, Work<T> work)
            throws Exception {
        List<Callable<T>> tasks = new ArrayList<>();
        for (RuntimeConf attachment : attachments) {
            tasks.add(() -> work.on(attachment));
        }
        List<T> results = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(MANY)) {
            for (Future<T> future : threads.invokeAll(tasks)) {
                results.add(future.get());
            }
        }
        return results;
    }
}
