package dev.kakehashi.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.Condition;
import dev.kakehashi.cluster.Metadata;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.NodeAnnotations;
import dev.kakehashi.cluster.store.Rejected;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.linux.IpPrefix;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** What is shown of a node, by what an agent or a store said. */
class NodeViewsTest {
    @TempDir Path folder;

    private static JsonObject json(String text) throws Exception {
        return (JsonObject) JsonParser.parse(text);
    }

    @Test
    void routes_areATable_andNotAllOkIsStatusOne() throws Exception {
        JsonObject answer =
                json(
                        """
                        {"routes": [
                         {"prefix": "10.244.2.0/24", "node": "b", "carrier": "vxlan",
                          "via": "10.244.2.0", "device": "flannel.1", "mtu": 1450, "state": "ok"},
                         {"prefix": "10.244.3.0/24", "node": "c", "carrier": "host-gw",
                          "via": "", "device": "", "mtu": 0, "state": "missing"}]}
                        """);
        View view = RoutesCommand.view(answer);
        assertThat(view.text(OutputFormat.TABLE))
                .isEqualTo(
                        """
                        PREFIX          NODE   CARRIER   VIA          DEVICE      MTU    STATE
                        10.244.2.0/24   b      vxlan     10.244.2.0   flannel.1   1450   ok
                        10.244.3.0/24   c      host-gw                                   missing
                        """);
        assertThat(view.status()).isEqualTo(1);
        assertThat(json(view.text(OutputFormat.JSON))).isEqualTo(answer);
        assertThat(RoutesCommand.view(json("{\"routes\": []}")).status()).isZero();
    }

    @Test
    void status_saysWhyANodeIsNotReady_andWhatIsWrong() throws Exception {
        View view =
                StatusCommand.view(
                        json(
                                """
                                {"version": "1", "pid": 7, "started": "2026-01-02T03:04:05.6Z",
                                 "ready": false, "checks": [{"name": "converged", "ok": false,
                                   "message": "waiting for Network pods"}],
                                 "node": {"name": "a", "network": "pods", "carrier": "vxlan",
                                  "podMTU": 1450, "peers": {"host-gw": 2, "vxlan": 1},
                                  "store": {"address": "/s", "reachable": false, "lastError": "gone",
                                   "lagMilliseconds": 9000},
                                  "addresses": [{"cidr": "10.244.1.0/24", "addresses": 253,
                                   "inUse": 3, "free": 250},
                                   {"cidr": "10.244.2.7/32", "pool": "p", "addresses": 1,
                                   "inUse": 1, "free": 0, "state": "borrowed"}],
                                  "heals": {"last": [{"at": "2026-01-02T03:04:06.5Z",
                                   "what": "route gone; made again"}]},
                                  "problems": ["the store /s is not reachable: gone"]}}
                                """));
        assertThat(view.status()).isEqualTo(1);
        assertThat(view.text(OutputFormat.TABLE))
                .contains("Ready         no; converged: waiting for Network pods\n")
                .contains("Carrier       vxlan, pods' MTU 1450\n")
                .contains("Peers         host-gw 2, vxlan 1\n")
                .contains("Store         /s, not reachable: gone\n")
                .contains("10.244.1.0/24          253         3        250    held\n")
                .contains("10.244.2.7/32   p      1           1        0      borrowed\n")
                .contains("2026-01-02T03:04:06Z   route gone; made again\n")
                .endsWith("Problem: the store /s is not reachable: gone\n")
                .doesNotContain("lag");
        assertThat(view.text(OutputFormat.WIDE)).contains("9000 ms");
    }

    @Test
    void nodes_showAgesOrTimes_andBrokenOnes() {
        Instant created = Instant.parse("2026-01-02T03:04:05Z");
        Node node =
                new Node(
                                new Metadata(
                                        "a",
                                        Map.of(
                                                NodeAnnotations.CARRIER, "vxlan",
                                                NodeAnnotations.AGENT_VERSION, "0.1",
                                                NodeAnnotations.FLANNEL_PUBLIC_IP, "192.0.2.1"),
                                        created),
                                List.of(IpPrefix.parse("10.244.1.0/24")),
                                List.of(),
                                List.of(),
                                dev.kakehashi.cluster.Tree.empty())
                        .withConditions(
                                List.of(
                                        new Condition(
                                                "NetworkUnavailable", "False", "", "up", created)));
        List<NodeRow> good = List.of(NodeRow.of(node, List.of()));
        View view = NodesCommand.view(good, created.plusSeconds(3 * 3600));
        assertThat(view.text(OutputFormat.TABLE))
                .isEqualTo(
                        """
                        NAME   READY   ADDRESS     PODS            CARRIER   AGE   VERSION
                        a      yes     192.0.2.1   10.244.1.0/24   vxlan     3h    0.1
                        """);
        assertThat(view.status()).isZero();
        assertThat(NodesCommand.view(good, Instant.EPOCH).text(OutputFormat.TABLE))
                .contains("CREATED")
                .contains("2026-01-02T03:04:05Z");
        View broken =
                NodesCommand.view(
                        List.of(NodeRow.broken(new Rejected("b", List.of()))), Instant.EPOCH);
        assertThat(broken.status()).isEqualTo(1);
    }

    @Test
    void withoutAgent_theErrorSaysWhatToDo() {
        Path socket = folder.resolve("agent.sock");
        for (String command : List.of("status", "routes", "nodes")) {
            Captured run = Captured.of(() -> Kakehashi.run(command, "--socket", socket.toString()));
            assertThat(run.status()).as(command).isEqualTo(1);
            assertThat(run.err())
                    .contains("no agent answers on " + socket)
                    .contains("systemctl status kakehashi-agent");
        }
        assertThat(Captured.of(() -> Kakehashi.run("nodes", "--store", "etcd:nowhere")).status())
                .isEqualTo(2);
    }
}
