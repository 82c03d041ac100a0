package dev.kakehashi.plugins.portmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.plugins.Calls;
import dev.kakehashi.plugins.EchoServer;
import dev.kakehashi.plugins.PluginBed;
import dev.kakehashi.testing.KernelTest;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** What CHECK, GC, STATUS and a late or repeated DEL make of published ports. */
@KernelTest
class PortmapUpkeepTest extends PortmapBed {
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

    /** What all share is looked at again by each ADD, however often it was there. */
    @Test
    void add_makesWhatAllShareAgain() throws Exception {
        CniResult result = bed.add(link("bridge"));
        Calls calls = portmap(backend("nftables")).prevResult(result);
        bed.add(calls);
        bed.add(calls);
        bed.onHost("nft", "flush chain inet kakehashi_ports prerouting");
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
