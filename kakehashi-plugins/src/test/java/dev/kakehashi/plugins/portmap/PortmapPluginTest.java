package dev.kakehashi.plugins.portmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.plugins.Calls;
import dev.kakehashi.plugins.EchoServer;
import dev.kakehashi.plugins.PluginBed;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.DatagramSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Published ports with packets, in both backends. */
@KernelTest
class PortmapPluginTest {

    private static final String MAPPINGS =
            "[{'hostPort': 8080, 'containerPort': 80, 'protocol': 'tcp'},"
                    + " {'hostPort': 5300, 'containerPort': 53, 'protocol': 'udp'},"
                    + " {'hostPort': 9090, 'containerPort': 80, 'protocol': 'tcp', 'hostIP':"
                    + " '192.0.2.1'},"
                    + " {'hostPort': 9191, 'containerPort': 80, 'protocol': 'tcp', 'hostIP':"
                    + " '2001:db8:ff::1'}]";

    @TempDir Path data;
    private PluginBed bed;
    private Netns outside;

    @BeforeEach
    void makeBed(TestNamespaces namespaces) throws Exception {
        bed = PluginBed.create(namespaces);
        outside = bed.outside();
    }

    @AfterEach
    void closeBed() {
        bed.close();
    }

    private Calls link(String type) {
        String hostLocal =
                "'ipam': {'type': 'host-local', %s, 'ranges': [[{'subnet': '10.1.2.0/24'}],"
                                .formatted(PluginBed.dataDir(data))
                        + " [{'subnet': '2001:db8:42::/64'}]], 'routes': [{'dst': '0.0.0.0/0'},"
                        + " {'dst': '::/0'}]}";
        return bed.calls(
                "{'cniVersion': '1.1.0', 'name': 'net', 'type': '%s', 'isGateway': true, 'hairpinMode': true, %s}"
                        .formatted(type, hostLocal));
    }

    private static String config(String keys, String mappings) {
        return "{'cniVersion': '1.1.0', 'name': 'net', 'type': 'portmap'%s, 'runtimeConfig': {'portMappings': %s}}"
                .formatted(keys.isEmpty() ? "" : ", " + keys, mappings);
    }

    private Calls portmap(String keys) {
        return bed.calls(config(keys, MAPPINGS));
    }

    private Calls portmap(String keys, String... mappings) {
        return bed.calls(config(keys, "[" + String.join(", ", mappings) + "]"));
    }

    private static String backend(String name) {
        return "'backend': '" + name + "'";
    }

    private String rules() throws Exception {
        return bed.onHost("iptables-save", "-t", "nat")
                + bed.onHost("ip6tables-save", "-t", "nat")
                + bed.onHost("nft", "list", "ruleset");
    }

    @ParameterizedTest
    @CsvSource({"bridge, iptables", "bridge, nftables", "ptp, iptables", "ptp, nftables"})
    void add_publishesPorts_untilDel(String type, String backend) throws Exception {
        CniResult result = bed.add(link(type));
        CniResult chained = bed.add(portmap(backend(backend)).prevResult(result));
        assertThat(chained).isEqualTo(result);
        bed.check(portmap(backend(backend)).prevResult(result));

        try (EchoServer _ = EchoServer.in(bed.container(), 80, "web");
                EchoServer _ = EchoServer.in(bed.container(), 53, "dns")) {
            assertThat(EchoServer.tcp(outside, "192.0.2.1", 8080)).contains("web 192.0.2.2");
            assertThat(EchoServer.tcp(outside, "2001:db8:ff::1", 8080))
                    .contains("web 2001:db8:ff::2");
            assertThat(EchoServer.udp(outside, "192.0.2.1", 5300)).contains("dns 192.0.2.2");
            assertThat(EchoServer.udp(outside, "2001:db8:ff::1", 5300))
                    .contains("dns 2001:db8:ff::2");
            // The protocol counts, and so does the address.
            assertThat(EchoServer.tcpAtOnce(outside, "192.0.2.1", 5300)).isEmpty();
            assertThat(EchoServer.tcp(outside, "192.0.2.1", 9090)).contains("web 192.0.2.2");
            assertThat(EchoServer.tcpAtOnce(outside, "2001:db8:ff::1", 9090)).isEmpty();
            assertThat(EchoServer.tcpAtOnce(outside, "192.0.2.1", 9191)).isEmpty();
            assertThat(EchoServer.tcp(outside, "2001:db8:ff::1", 9191))
                    .contains("web 2001:db8:ff::2");
            // From the host by its address and by localhost.
            assertThat(EchoServer.tcp(bed.host(), "192.0.2.1", 8080)).isPresent();
            assertThat(EchoServer.tcp(bed.host(), "2001:db8:ff::1", 8080)).isPresent();
            assertThat(EchoServer.tcp(bed.host(), "127.0.0.1", 8080)).isPresent();
            assertThat(EchoServer.udp(bed.host(), "127.0.0.1", 5300)).isPresent();
            assertThat(EchoServer.tcpAtOnce(bed.host(), "127.0.0.1", 9090)).isEmpty();
            // From the container to itself.
            assertThat(EchoServer.tcp(bed.container(), "192.0.2.1", 8080)).isPresent();
            assertThat(EchoServer.tcp(bed.container(), "2001:db8:ff::1", 8080)).isPresent();
            assertThat(EchoServer.udp(bed.container(), "192.0.2.1", 5300)).isPresent();

            bed.del(portmap(backend(backend)).set("CNI_NETNS", ""));
            assertThat(EchoServer.tcpAtOnce(outside, "192.0.2.1", 8080)).isEmpty();
            assertThat(EchoServer.tcpAtOnce(outside, "2001:db8:ff::1", 9191)).isEmpty();
        }
        assertThat(rules())
                .doesNotContain("10.1.2.")
                .doesNotContain("CNI-DN-")
                .doesNotContain("8080");
        bed.del(portmap(backend(backend)));
    }

    /**
     * Neighbours on one bridge answer each other directly, past the translation, unless the bridge
     * shows its frames to the packet filter.
     */
    @ParameterizedTest
    @CsvSource({"iptables, 0", "iptables, 1", "nftables, 0", "nftables, 1"})
    void neighbourOnTheSameBridge_reachesThePublishedPort(String backend, String bridgeNetfilter)
            throws Exception {
        CniResult result = bed.add(link("bridge"));
        bed.add(portmap(backend(backend)).prevResult(result));
        Path directory = Path.of("/proc/sys/net/bridge");
        if (Files.exists(directory)) { // br_netfilter is loaded
            for (String name : List.of("iptables", "ip6tables")) {
                bed.onHost(
                        "sysctl",
                        "-q",
                        "-w",
                        "net.bridge.bridge-nf-call-" + name + "=" + bridgeNetfilter);
            }
        }
        Netns neighbour = bed.anotherContainer();
        bed.add(
                link("bridge")
                        .container("neighbour", "eth0")
                        .set("CNI_NETNS", PluginBed.path(neighbour)));
        try (EchoServer _ = EchoServer.in(bed.container(), 80, "web");
                EchoServer _ = EchoServer.in(bed.container(), 53, "dns")) {
            for (Netns client : List.of(neighbour, bed.container())) {
                assertThat(EchoServer.tcp(client, "192.0.2.1", 8080)).isPresent();
                assertThat(EchoServer.tcp(client, "2001:db8:ff::1", 8080)).isPresent();
                assertThat(EchoServer.udp(client, "192.0.2.1", 5300)).isPresent();
                assertThat(EchoServer.udp(client, "2001:db8:ff::1", 5300)).isPresent();
            }
        }
    }

    /** A tracked connection keeps its translation whatever the rules say. */
    @ParameterizedTest
    @ValueSource(strings = {"iptables", "nftables"})
    void udpClient_findsTheNextContainer_afterDelAndAdd(String backend) throws Exception {
        CniResult result = bed.add(link("bridge"));
        bed.add(portmap(backend(backend)).prevResult(result));
        Netns second = bed.anotherContainer();
        CniResult next =
                bed.add(
                        link("bridge")
                                .container("second", "eth0")
                                .set("CNI_NETNS", PluginBed.path(second)));
        try (EchoServer _ = EchoServer.in(bed.container(), 53, "one");
                EchoServer _ = EchoServer.in(second, 53, "two");
                DatagramSocket client = EchoServer.client(outside)) {
            assertThat(EchoServer.ask(client, "192.0.2.1", 5300)).contains("one 192.0.2.2");

            bed.del(portmap(backend(backend)).prevResult(result));
            assertThat(EchoServer.askAtOnce(client, "192.0.2.1", 5300)).isEmpty();
            assertThat(bed.onHost("conntrack", "-L", "-p", "udp")).doesNotContain("10.1.2.2");

            bed.add(portmap(backend(backend)).container("second", "eth0").prevResult(next));
            assertThat(EchoServer.ask(client, "192.0.2.1", 5300)).contains("two 192.0.2.2");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"iptables", "nftables"})
    void masqAll_hidesClients_andWithoutSnatNobodyIsHidden(String backend) throws Exception {
        CniResult result = bed.add(link("bridge"));
        try (EchoServer _ = EchoServer.in(bed.container(), 80, "web")) {
            bed.add(portmap(backend(backend) + ", 'masqAll': true").prevResult(result));
            assertThat(EchoServer.tcp(outside, "192.0.2.1", 8080)).contains("web 10.1.2.1");
            bed.del(portmap(backend(backend)).prevResult(result));

            bed.add(portmap(backend(backend) + ", 'snat': false").prevResult(result));
            assertThat(EchoServer.tcp(outside, "192.0.2.1", 8080)).contains("web 192.0.2.2");
            assertThat(EchoServer.tcpAtOnce(bed.host(), "127.0.0.1", 8080)).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "iptables; '!', '-s', '192.0.2.2'; '!', '-s', '2001:db8:ff::2/128'",
                "nftables; 'ip', 'saddr', '!=', '{ 192.0.2.2, 192.0.2.3 }'; 'ip6', 'saddr', '!=',"
                        + " '2001:db8:ff::2'"
            })
    void conditions_areOfTheirNetworkOnly(String backend, String v4, String v6) throws Exception {
        String conditions =
                backend(backend) + ", 'conditionsV4': [%s], 'conditionsV6': [%s]".formatted(v4, v6);
        CniResult result = bed.add(link("bridge"));
        bed.add(portmap(conditions).prevResult(result));
        bed.check(portmap(conditions).prevResult(result));
        Calls elsewhere =
                bed.calls(
                        config(backend(backend), "[{'hostPort': 81, 'containerPort': 80}]")
                                .replace("'net'", "'open'"));
        bed.add(elsewhere.prevResult(result));
        try (EchoServer _ = EchoServer.in(bed.container(), 80, "web")) {
            assertThat(EchoServer.tcpAtOnce(outside, "192.0.2.1", 8080)).isEmpty();
            assertThat(EchoServer.tcpAtOnce(outside, "2001:db8:ff::1", 8080)).isEmpty();
            assertThat(EchoServer.tcp(bed.host(), "192.0.2.1", 8080)).isPresent();
            assertThat(EchoServer.tcp(outside, "192.0.2.1", 81)).isPresent();
        }
        bed.del(portmap(conditions));
        assertThat(rules()).doesNotContain("8080");
    }

    @ParameterizedTest
    @ValueSource(strings = {"iptables", "nftables"})
    void conditionsThatTheBackendDoesNotTake_failAndLeaveNothing(String backend) throws Exception {
        String token = backend.equals("iptables") ? "--no-such-match" : "nosuchmatch";
        CniResult result = bed.add(link("bridge"));
        Calls calls =
                portmap(backend(backend) + ", 'conditionsV4': ['%s']".formatted(token))
                        .prevResult(result);
        assertThatThrownBy(() -> bed.add(calls))
                .isInstanceOf(CniException.class)
                .hasMessageContaining(token);
        assertThat(rules()).doesNotContain("8080").doesNotContain("CNI-DN-");
    }

    /** The reference's names have no interface in them. */
    @ParameterizedTest
    @ValueSource(strings = {"iptables", "nftables"})
    void twoInterfacesOfOneContainer_areKeptApart(String backend) throws Exception {
        CniResult first = bed.add(link("bridge"));
        bed.add(portmap(backend(backend)).prevResult(first));
        CniResult second =
                bed.add(
                        bed.calls(
                                        "{'cniVersion': '1.1.0', 'name': 'net', 'type': 'bridge',"
                                                + " 'isGateway': true, 'ipam': {'type': 'host-local', %s, 'subnet': '10.1.2.0/24'}}"
                                                        .formatted(PluginBed.dataDir(data)))
                                .container("dummy", "eth1"));
        Calls other =
                bed.calls(config(backend(backend), "[{'hostPort': 8181, 'containerPort': 80}]"))
                        .container("dummy", "eth1")
                        .prevResult(second);
        bed.add(other);
        bed.del(portmap(backend(backend)).prevResult(first));

        bed.check(other);
        try (EchoServer _ = EchoServer.in(bed.container(), 80, "web")) {
            assertThat(EchoServer.tcp(bed.host(), "10.1.2.1", 8181)).isPresent();
            assertThat(EchoServer.tcpAtOnce(bed.host(), "10.1.2.1", 8080)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"iptables", "nftables"})
    void gc_takesBackWhatIsNotValid(String backend) throws Exception {
        CniResult result = bed.add(link("bridge"));
        bed.add(portmap(backend(backend)).prevResult(result));
        Calls dead =
                bed.calls(config(backend(backend), "[{'hostPort': 8181, 'containerPort': 81}]"))
                        .container("dead", "eth0")
                        .prevResult(result);
        bed.add(dead);
        Calls foreign =
                bed.calls(
                                config(
                                                backend(backend),
                                                "[{'hostPort': 8282, 'containerPort': 82}]")
                                        .replace("'net'", "'other'"))
                        .container("dead", "eth0")
                        .prevResult(result);
        bed.add(foreign);

        bed.gc(bed.gcCalls(config(backend(backend), "[]"), "dummy", "eth0"));

        bed.check(portmap(backend(backend)).prevResult(result));
        bed.check(foreign);
        assertThat(rules()).doesNotContain("8181").contains("8282");
        assertThatThrownBy(() -> bed.check(dead)).isInstanceOf(CniException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"iptables", "nftables"})
    void check_seesWhatIsMissing(String backend) throws Exception {
        CniResult result = bed.add(link("bridge"));
        Calls calls = portmap(backend(backend)).prevResult(result);
        bed.add(calls);
        bed.onHost("sysctl", "-q", "-w", "net.ipv4.conf.cni0.route_localnet=0");
        assertThatThrownBy(() -> bed.check(calls))
                .isInstanceOf(CniException.class)
                .hasMessageContaining("published ports");
        bed.onHost("sysctl", "-q", "-w", "net.ipv4.conf.cni0.route_localnet=1");
        bed.check(calls);
        if (backend.equals("iptables")) {
            bed.onHost("iptables", "-t", "nat", "-F", "CNI-HOSTPORT-DNAT");
        } else {
            bed.onHost("nft", "flush map inet kakehashi_ports ports4");
        }
        assertThatThrownBy(() -> bed.check(calls)).isInstanceOf(CniException.class);
        bed.add(calls);
        bed.check(calls);
    }

    /** A port that a lost container had is no obstacle, and its late DEL takes nothing away. */
    @Test
    void portOfALostContainer_isTakenOver() throws Exception {
        CniResult result = bed.add(link("bridge"));
        Calls lost = portmap(backend("nftables")).container("lost", "eth0").prevResult(result);
        bed.add(lost);
        Calls calls = portmap(backend("nftables")).prevResult(result);
        bed.add(calls);
        bed.del(lost);
        bed.check(calls);
    }

    /** What a DEL for other ports, or for some of them, says is not taken for all there is. */
    @Test
    void delWithOtherMappings_takesBackWhatWasPublished() throws Exception {
        CniResult result = bed.add(link("bridge"));
        String one = "{'hostPort': 4711, 'containerPort': 80}";
        String two = "{'hostPort': 4712, 'containerPort': 80, 'hostIP': '10.1.2.1'}";
        Calls added = portmap(backend("nftables"), one, two).prevResult(result);
        for (Calls del :
                List.of(
                        added,
                        portmap(backend("nftables"), one).prevResult(result),
                        portmap(backend("nftables"), two).prevResult(result),
                        portmap(backend("nftables") + ", 'snat': false", one, two)
                                .prevResult(result),
                        portmap(backend("nftables"), one.replace("4711", "4713"), two)
                                .prevResult(result),
                        portmap(backend("nftables")).prevResult(result),
                        portmap(backend("nftables"), one, two))) {
            bed.add(added);
            assertThat(rules()).contains("id: dummy");
            bed.del(del);
            assertThat(rules()).contains("map attachments").doesNotContain("id: dummy");
        }
    }

    /** Each looks at what is there first, and is not overtaken by the others for ever. */
    @Test
    void manyDelsAtOnce_takeAllPortsBack() throws Exception {
        CniResult result = bed.add(link("bridge"));
        List<Calls> all = new ArrayList<>();
        for (int i = 0; i < 14; i++) {
            List<String> mappings = new ArrayList<>();
            for (int port = 20_000 + 400 * i; port < 20_400 + 400 * i; port++) {
                mappings.add("{'hostPort': %d, 'containerPort': 80}".formatted(port));
            }
            Calls calls =
                    portmap(backend("nftables"), mappings.toArray(String[]::new))
                            .container("many" + i, "eth0")
                            .prevResult(result);
            bed.add(calls);
            all.add(calls);
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(12)) {
            List<Future<?>> dels = new ArrayList<>();
            for (Calls calls : all) {
                dels.add(
                        threads.submit(() -> {
                            bed.del(calls);
                            return null;
                        }));
            }
            for (Future<?> del : dels) {
                del.get();
            }
        }
        assertThat(rules()).contains("map attachments").doesNotContain("id: many");
    }

    @Test
    void status_tellsWhatIsMissing() throws Exception {
        bed.status(portmap(""));
        bed.status(portmap(backend("nftables")));
        assertThatThrownBy(() -> bed.status(portmap(backend("x"))))
                .isInstanceOf(CniException.class)
                .hasMessage("failed to parse config: unrecognized backend \"x\"");
    }

    @Test
    void add_withoutMappingsOrPreviousResult() throws Exception {
        CniResult result = bed.add(link("bridge"));
        assertThat(bed.add(bed.calls(config("", "[]")).prevResult(result))).isEqualTo(result);
        assertThat(rules()).doesNotContain("HOSTPORT").doesNotContain("kakehashi_ports");
        assertThatThrownBy(() -> bed.add(portmap("")))
                .isInstanceOf(CniException.class)
                .hasMessageStartingWith("must be called as chained plugin");
    }
}
