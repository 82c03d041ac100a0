package dev.kakehashi.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cni.CniAttachment;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.config.NetworkConfigList;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.cni.runtime.CniRuntime;
import dev.kakehashi.cni.runtime.RuntimeConf;
import dev.kakehashi.cni.runtime.RuntimeSettings;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The same calls on two equal hosts, one with a resident agent, one with {@code
 * KAKEHASHI_AGENT=off}: the same results and errors, the same kernel and files after each. {@code
 * dhcp} is not among them: without an agent it needs its own daemon.
 */
@KernelTest
class OneShotTest {
    private static final String IPS =
            "'ipam': {'type': 'host-local', 'dataDir': 'DATA/addresses', 'ranges': [[{'subnet':"
                    + " '10.1.0.0/24'}], [{'subnet': '2001:db8:1::/64'}]], 'routes': [{'dst':"
                    + " '0.0.0.0/0'}]}";

    private static final String PTP = "{'type': 'ptp', 'ipMasq': true, " + IPS + "}";

    private static final String PORTS =
            "{'portMappings': [{'hostPort': 8080, 'containerPort': 80, 'protocol': 'tcp'}]}";

    @TempDir Path directory;

    @SuppressWarnings("NullAway.Init") // by make()
    private Host resident;

    @SuppressWarnings("NullAway.Init") // by make()
    private Host alone;

    /** A host, how plugins are called on it, and what happened. */
    private static final class Host {
        private final AgentBed bed;
        private final Path directory;
        private final Path data;
        private final CniRuntime runtime;
        private final List<String> story = new ArrayList<>();
        private @Nullable Netns looked;
        private Set<String> seen = Set.of();

        Host(AgentBed bed, Path directory, Map<String, String> environment) {
            this.bed = bed;
            this.directory = directory;
            data = directory.resolve("data");
            FrontBinaries binaries = new FrontBinaries(bed);
            runtime =
                    CniRuntime.with(
                            RuntimeSettings.of(List.of(bed.cni().toString()))
                                    .cacheFolder(data.resolve("cache"))
                                    .environment(environment)
                                    .exec(_ -> binaries));
        }

        static Host make(TestNamespaces namespaces, Path directory, Map<String, String> environment)
                throws Exception {
            Files.createDirectories(directory.resolve("data"));
            AgentBed bed = AgentBed.make(namespaces, directory);
            TestNamespaces.run(
                    bed.host(),
                    "sh",
                    "-ec",
                    """
                    ip link add up0 address 02:00:00:00:00:10 type veth peer name up1 address 02:00:00:00:00:11
                    ip link set up0 up; ip link set up1 up; ip address add 192.0.2.1/24 dev up0
                    """);
            return new Host(bed, directory, environment);
        }

        /** What chance gave it is left out of what is compared. */
        private String plain(String text) {
            return text.replace(directory.toString(), "DIRECTORY")
                    .replaceAll("/proc/\\d+/fd/\\d+", "NETNS")
                    .replaceAll(
                            "\\b(?!02:00:00|00:00:00|ff:ff)([0-9a-f]{2}:){5}[0-9a-f]{2}\\b", "MAC")
                    .replaceAll("\\bveth[0-9a-f]{8}\\b", "VETH")
                    .replaceAll("@if\\d+", "@PEER")
                    .replaceAll("\\b(link-netnsid|index|fd) \\d+", "$1 N");
        }

        private Set<String> traces(Netns container) throws Exception {
            Set<String> traces = new TreeSet<>();
            Traces.of(bed.host()).forEach(line -> traces.add("host " + plain(line)));
            Traces.of(container).forEach(line -> traces.add("container " + plain(line)));
            Path addresses = data.resolve("addresses");
            if (Files.isDirectory(addresses)) {
                traces.addAll(Traces.files(addresses));
            }
            return traces;
        }

        /** Does something, and writes down what it said and what it changed. */
        private void tell(String what, Netns container, Work work) throws Exception {
            Set<String> before = container == looked ? seen : traces(container);
            String said;
            try {
                said = work.run();
            } catch (CniException e) {
                said = "error " + e.code() + ": " + e.msg() + ": " + e.details();
            }
            bed.awaitReaper();
            looked = container;
            seen = traces(container);
            story.add(what + ": " + plain(said));
            story.addAll(Traces.difference(before, seen));
        }

        private NetworkConfigList network(String... plugins) throws Exception {
            String text =
                    "{'cniVersion': '1.1.0', 'name': 'net', 'plugins': ["
                            + String.join(", ", plugins)
                            + "]}";
            return FrontBinaries.network(text.replace("DATA", data.toString()).replace('\'', '"'));
        }

        private static RuntimeConf attachment(String id, Netns container, String ifName)
                throws Exception {
            return RuntimeConf.of(id, AgentBed.path(container), ifName)
                    .withCapabilityArgs(JsonParser.parseObject(PORTS.replace('\'', '"')));
        }

        void addCheckDel(String ifName, String... plugins) throws Exception {
            NetworkConfigList network = network(plugins);
            Netns container = bed.container();
            RuntimeConf attachment = attachment("c1", container, ifName);
            tell("ADD", container, () -> runtime.add(network, attachment).json().toString());
            tell(
                    "CHECK",
                    container,
                    () -> {
                        runtime.check(network, attachment);
                        return "well";
                    });
            tell(
                    "DEL",
                    container,
                    () -> {
                        runtime.del(network, attachment);
                        return "well";
                    });
        }

        void statusAndGc(String... plugins) throws Exception {
            NetworkConfigList network = network(plugins);
            Netns container = bed.container();
            Netns lost = bed.container();
            tell(
                    "STATUS",
                    container,
                    () -> {
                        runtime.status(network);
                        return "well";
                    });
            for (var each :
                    Map.of("kept", container, "lost", lost).entrySet().stream()
                            .sorted(Map.Entry.comparingByKey())
                            .toList()) {
                RuntimeConf attachment = attachment(each.getKey(), each.getValue(), "eth0");
                tell(
                        "ADD " + each.getKey(),
                        each.getValue(),
                        () -> runtime.add(network, attachment).json().toString());
            }
            tell(
                    "GC",
                    lost,
                    () -> {
                        runtime.gc(network, List.of(new CniAttachment("kept", "eth0")));
                        return "well";
                    });
            tell(
                    "DEL",
                    container,
                    () -> {
                        runtime.del(network, attachment("kept", container, "eth0"));
                        return "well";
                    });
        }
    }

    @FunctionalInterface
    private interface Work {
        String run() throws Exception;
    }

    @FunctionalInterface
    private interface Act {
        void on(Host host) throws Exception;
    }

    @BeforeEach
    void make(TestNamespaces namespaces) throws Exception {
        resident = Host.make(namespaces, directory.resolve("a"), Map.of());
        alone = Host.make(namespaces, directory.resolve("b"), Map.of("KAKEHASHI_AGENT", "off"));
        resident.bed.startAgent();
    }

    @AfterEach
    void close() {
        resident.bed.close();
        alone.bed.close();
    }

    private void same(String what, Act act) throws Exception {
        for (Host host : List.of(resident, alone)) {
            host.story.clear();
            act.on(host);
        }
        assertThat(alone.story).as(what).isEqualTo(resident.story);
    }

    private void assertEachInItsWay() throws Exception {
        assertThat(resident.bed.started()).as("one agent").isEqualTo(1);
        assertThat(alone.bed.started()).as("a process for each call").isGreaterThan(1);
        assertThat(alone.bed.agents().running()).isEmpty();
    }

    /** Kinds of links that this kernel lacks are errors here, and the same ones. */
    @Test
    void eachPlugin_doesTheSame() throws Exception {
        String ipam = IPS.replace("'ipam': ", "");
        for (String link :
                List.of(
                        "{'type': 'macvlan', 'master': 'up0', " + IPS + "}",
                        "{'type': 'ipvlan', 'master': 'up0', " + IPS + "}",
                        "{'type': 'vlan', 'master': 'up0', 'vlanId': 100, " + IPS + "}",
                        "{'type': 'dummy', " + IPS + "}",
                        "{'type': 'tap', 'multiQueue': true, " + IPS + "}",
                        "{'type': 'host-device', 'device': 'up1', 'ipam': {'type': 'static',"
                                + " 'addresses': [{'address': '10.1.0.9/24'}]}}",
                        "{'type': 'host-local', 'ipam': " + ipam + "}",
                        "{'type': 'static', 'ipam': {'type': 'static', 'addresses': [{'address':"
                                + " '10.1.0.9/24'}]}}")) {
            same(link, host -> host.addCheckDel("eth0", link));
        }
        same("loopback", host -> host.addCheckDel("lo", "{'type': 'loopback'}"));
        assertThat(resident.story).contains("CHECK: well", "DEL: well");
        same("sbr", host -> host.addCheckDel("eth0", PTP, "{'type': 'sbr'}"));
        assertThat(resident.story).contains("CHECK: well", "DEL: well");
        same("vrf", host -> host.addCheckDel("eth0", PTP, "{'type': 'vrf', 'vrfname': 'blue'}"));
        assertEachInItsWay();
    }

    @Test
    void chain_statusAndGc_doTheSame() throws Exception {
        List<String> plugins =
                CrashedNetwork.chain("nftables").plugins().stream()
                        // Neighbours on one bridge need addresses of their own.
                        .map(plugin -> plugin.replace("'mac': '02:00:00:00:00:17', ", ""))
                        .toList();
        same("the chain", host -> host.statusAndGc(plugins.toArray(String[]::new)));
        assertThat(resident.story).contains("STATUS: well", "GC: well", "DEL: well");
        assertEachInItsWay();
    }

    @Test
    void delegateOfOthers_isRunTheSame() throws Exception {
        for (Host host : List.of(resident, alone)) {
            Installation.script(
                    host.bed.cni().resolve("their-ipam"),
                    """
                    #!/bin/sh
                    case $(cat) in *'"flavour"'*) ;; *) exit 9 ;; esac
                    echo "$CNI_COMMAND $CNI_CONTAINERID $CNI_IFNAME" >>%s
                    [ "$CNI_COMMAND" != ADD ] || echo '{"cniVersion": "1.1.0", "ips": [{"address": "10.9.0.5/24"}]}'
                    """
                            .formatted(host.data.resolve("seen")));
        }
        String theirs =
                "{'type': 'bridge', 'bridge': 'br0', 'ipam': {'type': 'their-ipam', 'flavour':"
                        + " 'sweet'}}";
        same("their ipam", host -> host.addCheckDel("eth0", theirs));
        assertThat(resident.story.getFirst()).contains("10.9.0.5/24");
        assertThat(Files.readAllLines(alone.data.resolve("seen")))
                .isEqualTo(Files.readAllLines(resident.data.resolve("seen")))
                .hasSize(3);
        assertEachInItsWay();
    }
}
