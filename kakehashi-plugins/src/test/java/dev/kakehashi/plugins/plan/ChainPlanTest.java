package dev.kakehashi.plugins.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.config.NetworkConfigList;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.cni.runtime.RuntimeConf;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.plugins.PluginBed;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

@KernelTest
class ChainPlanTest {

    @TempDir Path data;

    private Netns host;
    private TestNamespaces all;

    @BeforeEach
    void makeHost(TestNamespaces namespaces) throws Exception {
        all = namespaces;
        host = namespaces.create();
        TestNamespaces.run(host, "ip", "link", "set", "lo", "up");
    }

    private String bridge() {
        return "{'type': 'bridge', 'bridge': 'br0', 'isGateway': true, 'ipMasq': true,"
                + " 'ipMasqBackend': 'nftables', 'ipam': {'type': 'host-local', 'dataDir': '"
                + data
                + "', 'ranges': [[{'subnet': '10.1.2.0/24'}]], 'routes': [{'dst': '0.0.0.0/0'}]}}";
    }

    private static NetworkConfigList network(String... plugins) throws CniException {
        String list =
                "{'cniVersion': '1.1.0', 'name': 'net', 'plugins': ["
                        + String.join(", ", plugins)
                        + "]}";
        return NetworkConfigList.parse(list.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    private static RuntimeConf container() throws Exception {
        JsonObject ports =
                JsonParser.parseObject(
                        "{\"portMappings\": [{\"hostPort\": 8080, \"containerPort\": 80}]}");
        return RuntimeConf.of("c1", "", "eth0").withCapabilityArgs(ports);
    }

    private ChainPlan plan(boolean fromScratch, String... plugins) throws Exception {
        NetworkConfigList network = network(plugins);
        RuntimeConf container = container();
        return host.<ChainPlan, Exception>call(() -> ChainPlan.of(network, container, fromScratch));
    }

    /** Everything of the host that a plan might change. */
    private List<String> state() throws IOException {
        List<String> state = new ArrayList<>();
        try (RtNetlink netlink = RtNetlink.open(host)) {
            for (Link link : netlink.links()) {
                state.add(link.name() + " " + link.mac() + " " + link.mtu() + " " + link.isUp());
            }
        }
        // Of IPv4: what the kernel makes of link-local addresses takes its time.
        state.add(TestNamespaces.run(host, "ip", "-4", "-o", "address"));
        state.add(TestNamespaces.run(host, "ip", "-4", "rule"));
        state.add(TestNamespaces.run(host, "nft", "list", "ruleset"));
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : (Iterable<Path>) files.sorted()::iterator) {
                state.add(file + (Files.isRegularFile(file) ? Files.readString(file) : ""));
            }
        }
        return state;
    }

    @Test
    void chain_isToldPluginByPlugin_andNothingIsChanged() throws Exception {
        List<String> before = state();
        ChainPlan plan =
                plan(
                        true,
                        bridge(),
                        "{'type': 'portmap', 'backend': 'nftables', 'capabilities':"
                                + " {'portMappings': true}}",
                        "{'type': 'firewall', 'backend': 'iptables'}",
                        "{'type': 'bandwidth', 'ingressRate': 8000000, 'ingressBurst': 80000}",
                        "{'type': 'tuning', 'mtu': 1400, 'sysctl':"
                                + " {'net.ipv4.conf.IFNAME.arp_filter': '1'}}");

        assertThat(plan.plugins())
                .extracting(PluginPlan::type)
                .containsExactly("bridge", "portmap", "firewall", "bandwidth", "tuning");
        assertThat(plan.plugins().get(0).commands())
                .anyMatch(line -> line.startsWith("ip link add br0 address"))
                .anyMatch(line -> line.contains("type veth peer name eth0"))
                .anyMatch(line -> line.startsWith("ip address add 10.1.2.1/24"))
                .anyMatch(line -> line.startsWith("ip -n container address add 10.1.2.2/24"))
                .contains("sysctl -w net/ipv4/ip_forward=1")
                .anyMatch(line -> line.startsWith("nft 'add rule inet cni_plugins_masquerade"));
        assertThat(plan.plugins().get(1).commands())
                .anyMatch(line -> line.startsWith("nft 'add ") && line.contains("8080"));
        assertThat(plan.plugins().get(2).commands())
                .contains("iptables -t filter -N CNI-FORWARD")
                .anyMatch(line -> line.contains("-A CNI-FORWARD -s 10.1.2.2/32"));
        assertThat(plan.plugins().get(3).commands())
                .singleElement()
                .asString()
                .startsWith("tc qdisc add dev veth")
                .contains("tbf rate 8000000bit");
        assertThat(plan.plugins().get(4).commands())
                .contains(
                        "ip netns exec container sysctl -w net/ipv4/conf/eth0/arp_filter=1",
                        "ip -n container link set eth0 mtu 1400");
        assertThat(plan.result().toString())
                .contains("10.1.2.2/24", "\"sandbox\":\"container\"")
                .doesNotContain("/proc/");
        assertThat(state()).isEqualTo(before);
    }

    /** The commands alone, run by a shell, make the attachment. */
    @Test
    void commands_doTheSame() throws Exception {
        Netns container = all.create();
        String target = PluginBed.path(container).replace("self", "" + pid());
        for (String command : plan(true, bridge()).plugins().getFirst().commands()) {
            if (command.startsWith("ip netns exec container ")) {
                shell(container, command.substring("ip netns exec container ".length()));
            } else if (command.startsWith("ip -n container ")) {
                shell(container, command.replaceFirst("-n container ", ""));
            } else {
                shell(host, command.replace("netns container", "netns " + target));
            }
        }
        TestNamespaces.run(container, "ping", "-n", "-c", "1", "-W", "5", "10.1.2.1");
        assertThat(TestNamespaces.run(host, "nft", "list", "ruleset"))
                .contains("ip saddr 10.1.2.2 ip daddr != 10.1.2.0/24 masquerade");
    }

    private static long pid() {
        return ProcessHandle.current().pid();
    }

    private static void shell(Netns netns, String command) throws IOException {
        // The mark on addresses is newer than iproute2 of some distributions.
        String known = command.contains("address add") ? command.replace(" proto 75", "") : command;
        TestNamespaces.run(netns, "sh", "-c", known);
    }

    @Test
    void whatTheHostHas_isNotPlannedAgain() throws Exception {
        TestNamespaces.run(host, "ip", "link", "add", "br0", "type", "bridge");
        TestNamespaces.run(host, "ip", "link", "set", "br0", "up");
        TestNamespaces.run(host, "ip", "address", "add", "10.1.2.1/24", "dev", "br0");
        Path reserved = Files.createDirectories(data.resolve("net")).resolve("10.1.2.2");
        Files.writeString(reserved, "other\r\neth0");
        List<String> before = state();

        ChainPlan plan = plan(false, bridge());

        assertThat(plan.plugins().getFirst().commands())
                .noneMatch(line -> line.startsWith("ip link add br0"))
                .noneMatch(line -> line.startsWith("ip address add 10.1.2.1/24"))
                .anyMatch(line -> line.startsWith("ip -n container address add 10.1.2.3/24"));
        assertThat(state()).isEqualTo(before);
    }

    @Test
    void linksOfTheHost_areKnownByName() throws Exception {
        TestNamespaces.run(host, "ip", "link", "add", "nic0", "type", "veth", "peer", "nic1");
        TestNamespaces.run(host, "ip", "link", "set", "nic0", "up");
        TestNamespaces.run(host, "ip", "link", "set", "nic1", "up");
        List<String> before = state();
        String ips = "'ipam': {'type': 'static', 'addresses': [{'address': '10.1.2.9/24'}]}";

        assertThat(
                        plan(false, "{'type': 'macvlan', 'master': 'nic0', " + ips + "}")
                                .plugins()
                                .getFirst()
                                .commands())
                .anyMatch(line -> line.contains("link nic0") && line.contains("macvlan"));
        assertThat(
                        plan(false, "{'type': 'host-device', 'device': 'nic0', " + ips + "}")
                                .plugins()
                                .getFirst()
                                .commands())
                .contains("ip link set nic0 netns container name eth0");
        assertThat(
                        plan(
                                        false,
                                        "{'type': 'macvlan', 'master': 'nic0', 'ipam': {'type': 'dhcp'}}")
                                .result()
                                .toString())
                .contains("192.0.2.2/24");
        assertThat(state()).isEqualTo(before);
    }

    @Test
    void whatNoEngineSays_isSeen() throws Exception {
        assertThat(plan(true, "{'type': 'loopback'}").plugins().getFirst().commands())
                .containsExactly("ip -n container link set lo up");
    }

    @Test
    void addThatWouldFail_saysWhy() {
        assertThatThrownBy(() -> plan(true, "{'type': 'macvlan', 'master': 'gone0'}"))
                .isInstanceOf(CniException.class)
                .hasMessageContaining("gone0");
        assertThatThrownBy(() -> plan(true, "{'type': 'calico'}"))
                .isInstanceOfSatisfying(
                        CniException.class,
                        e -> assertThat(e.code()).isEqualTo(CniException.INVALID_CONFIG))
                .hasMessageContaining("calico");
    }
}
