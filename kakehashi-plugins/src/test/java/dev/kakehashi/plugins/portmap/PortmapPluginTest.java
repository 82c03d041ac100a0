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

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.DatagramSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Published ports with packets, in both backends. */
@KernelTest
class PortmapPluginTest extends PortmapBed {
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
}
