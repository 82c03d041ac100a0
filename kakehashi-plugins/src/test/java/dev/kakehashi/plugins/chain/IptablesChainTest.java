package dev.kakehashi.plugins.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.plugins.Calls;
import dev.kakehashi.plugins.EchoServer;
import dev.kakehashi.plugins.PluginBed;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** What a second container costs on a host whose iptables keeps its rules in nftables. */
@KernelTest
class IptablesChainTest {
    @TempDir Path data;

    private static final Pattern COUNTED = Pattern.compile("(?<=^:.{1,60})\\[\\d+:\\d+]$");

    /** What is done to a container. */
    private interface Work {
        void run() throws Exception;
    }

    private static final class Container {
        private final PluginBed bed;
        private final List<Calls> chain = new ArrayList<>();

        Container(PluginBed bed, Path data, int number, Netns netns) {
            this.bed = bed;
            for (String keys :
                    List.of(
                            "'type': 'bridge', 'isDefaultGateway': true, 'ipMasq': true,"
                                    + " 'ipMasqBackend': 'iptables', 'ipam': {'type': 'host-local', "
                                    + PluginBed.dataDir(data)
                                    + ", 'ranges': [[{'subnet': '10.88.1.0/24'}],"
                                    + " [{'subnet': '2001:db8:88:1::/64'}]]}",
                            "'type': 'portmap', 'backend': 'iptables', 'runtimeConfig': {'portMappings':"
                                    + " [{'hostPort': 808N, 'containerPort': 80},"
                                    + " {'hostPort': 530N, 'containerPort': 53, 'protocol': 'udp'}]}",
                            "'type': 'firewall', 'backend': 'iptables', 'ingressPolicy':"
                                    + " 'same-bridge'")) {
                chain.add(
                        bed.calls(
                                        "{'cniVersion': '1.1.0', 'name': 'net', %s}"
                                                .formatted(
                                                        keys.replace("0N,", "0" + number + ",")
                                                                .replace(
                                                                        "8N,", "8" + number + ",")))
                                .container("container-" + number, "eth0")
                                .set("CNI_NETNS", PluginBed.path(netns)));
            }
        }

        CniResult add() throws Exception {
            CniResult result = bed.add(chain.getFirst());
            for (Calls member : chain.subList(1, chain.size())) {
                result = bed.add(member.prevResult(result));
            }
            return result;
        }

        void check(CniResult result) throws Exception {
            for (Calls member : chain) {
                bed.check(member.prevResult(result));
            }
        }

        void del(CniResult result) throws Exception {
            for (Calls member : chain.reversed()) {
                bed.del(member.prevResult(result));
            }
        }
    }

    private List<String> programsRunBy(Work work) throws Exception {
        Path file = Files.createTempFile(data, "programs", ".jfr");
        try (Recording recording = new Recording()) {
            recording.enable("jdk.ProcessStart");
            recording.start();
            work.run();
            recording.stop();
            recording.dump(file);
        }
        List<String> programs = new ArrayList<>();
        for (RecordedEvent event : RecordingFile.readAllEvents(file)) {
            programs.add(event.getString("command"));
        }
        return programs;
    }

    /** Without what chains have counted: iptables 1.8.11 counts packets that no rule took. */
    private static List<String> saved(Netns netns, String program) throws Exception {
        return TestNamespaces.run(netns, program + "-save")
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> COUNTED.matcher(line).replaceFirst("[0:0]"))
                .toList();
    }

    @Test
    void secondContainer_needsNoProgram(TestNamespaces namespaces) throws Exception {
        try (PluginBed bed = PluginBed.create(namespaces)) {
            assumeThat(bed.onHost("iptables", "--version"))
                    .as("iptables keeps its rules in nftables")
                    .contains("nf_tables");
            Netns outside = bed.outside();
            Container first = new Container(bed, data, 1, bed.container());
            Netns netns = bed.anotherContainer();
            Container second = new Container(bed, data, 2, netns);
            List<CniResult> results = new ArrayList<>();

            assertThat(programsRunBy(() -> results.add(first.add())))
                    .anySatisfy(program -> assertThat(program).contains("iptables-restore"))
                    .anySatisfy(program -> assertThat(program).contains("ip6tables-restore"));
            List<String> before = saved(bed.host(), "iptables");
            assertThat(programsRunBy(() -> results.add(second.add()))).isEmpty();

            try (EchoServer _ = EchoServer.in(netns, 80, "web");
                    EchoServer _ = EchoServer.in(netns, 53, "dns")) {
                assertThat(EchoServer.tcp(outside, "192.0.2.1", 8082)).contains("web 192.0.2.2");
                assertThat(EchoServer.udp(outside, "2001:db8:ff::1", 5302))
                        .contains("dns 2001:db8:ff::2");
            }
            first.check(results.getFirst());
            second.check(results.getLast());
            // The programs write the same when they are given what they print.
            for (String program : List.of("iptables", "ip6tables")) {
                List<String> saved = saved(bed.host(), program);
                Path file = Files.write(data.resolve(program), saved);
                Netns copy = namespaces.create();
                TestNamespaces.run(copy, program + "-restore", file.toString());
                assertThat(saved(copy, program)).isEqualTo(saved);
            }

            second.del(results.getLast());
            assertThat(saved(bed.host(), "iptables")).isEqualTo(before);
            assertThat(
                            programsRunBy(() -> {
                                results.add(second.add());
                                second.del(results.getLast());
                            }))
                    .isEmpty();
            first.del(results.getFirst());
            assertThat(bed.onHost("iptables-save") + bed.onHost("ip6tables-save"))
                    .doesNotContain("container-", "10.88.1", "2001:db8:88");
        }
    }
}
