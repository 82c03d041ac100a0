package dev.kakehashi.store.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cluster.BgpPeer;
import dev.kakehashi.cluster.BgpPeerSpec;
import dev.kakehashi.cluster.BgpTarget;
import dev.kakehashi.cluster.Condition;
import dev.kakehashi.cluster.IpBlock;
import dev.kakehashi.cluster.IpBlockSpec;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.NodeAddress;
import dev.kakehashi.cluster.store.ConflictException;
import dev.kakehashi.cluster.store.Store;
import dev.kakehashi.cluster.store.StoreAddress;
import dev.kakehashi.cluster.store.Stored;
import dev.kakehashi.cluster.store.Stores;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Who owns what of an object that several write, on a real API server. */
@Tag("peers")
class ServerSideApplyTest {
    private static final String OURS = "kakehashi";
    private static final Optional<String> NONE = Optional.empty();

    @TempDir static Path directory;
    @RegisterExtension static final ApiServer server = new ApiServer(() -> directory);
    private static Store store;

    @BeforeAll
    static void openStore() throws Exception {
        store = Stores.open(StoreAddress.parse(server.address()));
    }

    @AfterAll
    static void closeStore() {
        if (store != null) {
            store.close();
        }
    }

    @AfterEach
    void removeNode() throws Exception {
        server.control("delete", "node", "worker", "--ignore-not-found");
    }

    private static Condition condition(String type, String message) {
        return new Condition(type, "False", "Said", message, Instant.EPOCH);
    }

    /** As a kubelet registers it, with something of an operator's. */
    private static void registerNode() throws Exception {
        Path file =
                Files.writeString(
                        directory.resolve("worker.yaml"),
                        """
                        apiVersion: v1
                        kind: Node
                        metadata:
                          name: worker
                          labels: {kept: label}
                          annotations: {others/kept: annotation}
                        status:
                          conditions:
                          - {type: Ready, status: "True", reason: KubeletReady}
                        """);
        server.control("create", "--field-manager=kubelet", "-f", file.toString());
    }

    private static Stored<Node> change(UnaryOperator<Node> change) throws Exception {
        return store.update(Kind.NODE, "worker", change).orElseThrow();
    }

    private static Node annotated(Node node, String key, String value) {
        return node.withMetadata(node.metadata().with(key, value));
    }

    private static Node without(Node node, String key) {
        return node.withMetadata(node.metadata().without(key));
    }

    private static Node saying(Node node, Condition condition) {
        return node.withConditions(condition.replaceIn(node.conditions()));
    }

    /** Managers with operation and subresource, and whether a field is named in what they own. */
    private static String owners(String field) throws Exception {
        String template =
                "{range .metadata.managedFields[*]}{.manager} {.operation} {.subresource}"
                        + " {.fieldsV1}{\"\\n\"}{end}";
        return String.join(
                ", ",
                server.control(
                                "get",
                                "node",
                                "worker",
                                "--show-managed-fields",
                                "-o",
                                "jsonpath=" + template)
                        .lines()
                        .filter(line -> line.contains(field))
                        .map(line -> line.substring(0, line.indexOf('{')).strip())
                        .sorted()
                        .toList());
    }

    private static String yaml() throws Exception {
        return server.control("get", "node", "worker", "-o", "yaml");
    }

    @Test
    void whatOthersOwnOfANode_stays_andWhatWeNoLongerWantGoes() throws Exception {
        registerNode();
        change(node ->
                saying(
                        annotated(annotated(node, "test/one", "1"), "test/two", "2"),
                        condition("NetworkUnavailable", "up")));
        server.control("annotate", "node", "worker", "others/later=annotation");
        server.control("label", "node", "worker", "later=label");

        change(node ->
                saying(
                        annotated(without(node, "test/one"), "test/two", "3"),
                        condition("KakehashiPeersRefused", "")));

        assertThat(yaml())
                .contains("others/kept: annotation", "others/later: annotation", "test/two: \"3\"")
                .contains("kept: label", "later: label", "KubeletReady")
                .contains("NetworkUnavailable", "KakehashiPeersRefused")
                .doesNotContain("test/one");
        assertThat(owners("test/two")).isEqualTo("kakehashi Apply");
        assertThat(owners("NetworkUnavailable")).isEqualTo("kakehashi Apply status");
        assertThat(owners("KakehashiPeersRefused")).isEqualTo("kakehashi Apply status");
        assertThat(owners("others/kept")).isEqualTo("kubelet Update");
        assertThat(owners("Ready")).doesNotContain(OURS);
        assertThat(owners("others/later")).doesNotContain(OURS);

        Stored<Node> last =
                change(node ->
                        without(node, "test/two")
                                .withConditions(
                                        node.conditions().stream()
                                                .filter(c -> c.type().equals("Ready"))
                                                .toList()));
        assertThat(last.object().conditions()).hasSize(1);
        assertThat(yaml()).doesNotContain("test/two").doesNotContain("NetworkUnavailable");
        assertThat(owners("")).doesNotContain(OURS);
    }

    /** A release before this one wrote merge patches, under the same name. */
    @Test
    void whatAReleaseBeforePatched_isTakenForApplied_andCanGo() throws Exception {
        registerNode();
        patch("", "{\"metadata\":{\"annotations\":{\"test/former\":\"1\",\"test/kept\":\"1\"}}}");
        patch(
                "status",
                "{\"status\":{\"conditions\":["
                        + "{\"type\":\"Ready\",\"status\":\"True\",\"reason\":\"KubeletReady\"},"
                        + "{\"type\":\"Former\",\"status\":\"True\"},"
                        + "{\"type\":\"NetworkUnavailable\",\"status\":\"False\"}]}}");
        assertThat(owners("test/former")).isEqualTo("kakehashi Update");

        change(node ->
                saying(
                        without(node, "test/former")
                                .withConditions(
                                        node.conditions().stream()
                                                .filter(c -> !c.type().equals("Former"))
                                                .toList()),
                        condition("NetworkUnavailable", "up")));

        assertThat(yaml()).doesNotContain("test/former").doesNotContain("Former").contains("Ready");
        assertThat(owners("test/kept")).isEqualTo("kakehashi Apply");
        assertThat(owners("NetworkUnavailable")).isEqualTo("kakehashi Apply status");
        assertThat(owners("")).doesNotContain("kakehashi Update");
        change(node -> without(node, "test/kept"));
        assertThat(yaml()).doesNotContain("test/kept").contains("others/kept");
    }

    private static void patch(String subresource, String patch) throws Exception {
        String to = subresource.isEmpty() ? "" : "--subresource=" + subresource;
        List<String> command =
                List.of(
                        "patch",
                        "node",
                        "worker",
                        "--type=merge",
                        "--field-manager=" + OURS,
                        "-p",
                        patch,
                        to);
        server.control(command.stream().filter(word -> !word.isEmpty()).toArray(String[]::new));
    }

    @Test
    void whatAnotherOwnsToo_canBeTakenAwayAllTheSame() throws Exception {
        registerNode();
        change(node -> annotated(node, "test/ours", "1"));
        server.control("annotate", "node", "worker", "test/ours=1", "--overwrite");

        change(node -> without(without(node, "test/ours"), "others/kept"));

        assertThat(yaml()).doesNotContain("test/ours").doesNotContain("others/kept");
        assertThat(owners("test/ours")).isEmpty();
    }

    /** Two addresses of one type have one key, which the server does not apply. */
    @Test
    void addressesOfBothFamilies_areWrittenBesideConditions() throws Exception {
        registerNode();
        List<NodeAddress> addresses =
                List.of(
                        new NodeAddress(NodeAddress.INTERNAL_IP, "192.0.2.1"),
                        new NodeAddress(NodeAddress.INTERNAL_IP, "2001:db8::1"));
        change(node -> saying(node, condition("NetworkUnavailable", "up")));

        change(node ->
                saying(node, condition("NetworkUnavailable", "still")).withAddresses(addresses));
        Stored<Node> last = change(node -> saying(node, condition("NetworkUnavailable", "yet")));

        assertThat(last.object().addresses()).isEqualTo(addresses);
        assertThat(yaml()).contains("message: yet", "KubeletReady");
        assertThat(owners("NetworkUnavailable")).isEqualTo("kakehashi Apply status");
    }

    @Test
    void nodeThatIsGone_isNotMadeAgain() throws Exception {
        registerNode();
        Stored<Node> read = store.find(Kind.NODE, "worker").orElseThrow();
        server.control("delete", "node", "worker");

        assertThatThrownBy(() ->
                        store.replace(
                                Kind.NODE,
                                annotated(read.object(), "test/value", "1"),
                                read.version()))
                .isInstanceOf(ConflictException.class);
        assertThat(store.find(Kind.NODE, "worker")).isEmpty();
    }

    @Test
    void commandLineAndAgents_ownWhatEachWrote() throws Exception {
        try (Store person = Stores.open(StoreAddress.parse(server.address()), "kakehashi-cli")) {
            store.create(
                    Kind.NETWORK, Network.of("shared", List.of(IpPrefix.parse("10.244.0.0/16"))));
            person.update(
                    Kind.NETWORK,
                    "shared",
                    network -> network.withSpec(network.spec().withMtu(1400)));
        }
        String managers =
                server.control(
                        "get",
                        "network",
                        "shared",
                        "--show-managed-fields",
                        "-o",
                        "jsonpath={range .metadata.managedFields[*]}{.manager} {.fieldsV1}{\"\\n\"}{end}");
        assertThat(managers.lines().filter(line -> line.contains("f:mtu")))
                .singleElement()
                .asString()
                .startsWith("kakehashi-cli ");
        assertThat(managers.lines().filter(line -> line.contains("f:cidrs")))
                .singleElement()
                .asString()
                .startsWith("kakehashi ");
    }

    /** What no part of an agent asks for is not granted; the lists are KubernetesAccount's. */
    @Test
    void accountOfTheAgents_mayNoMore() throws Exception {
        server.kubectl("create", "namespace", "kakehashi-system");
        server.control("apply", "-f", "../deploy/kubernetes/20-roles.yaml");
        String account = "system:serviceaccount:kakehashi-system:kakehashi";
        for (String namespace : List.of("default", "kakehashi-system")) {
            assertThat(server.control("auth", "can-i", "--list", "--as", account, "-n", namespace))
                    .contains("networks.kakehashi.dev/status")
                    .doesNotContain("leases", "secrets", "pods", "configmaps", "[*]", "*.*");
        }
    }

    /** Agents may change nothing of a BGPPeer but its status, and make no Node. */
    @Test
    void accountOfTheAgents_mayApplyWhatItMust() throws Exception {
        server.kubectl("create", "namespace", "kakehashi-system"); // there may be one
        server.control("apply", "-f", "../deploy/kubernetes/20-roles.yaml");
        server.control(
                "create", "clusterrolebinding", "agent", "--clusterrole=kakehashi", "--user=agent");
        registerNode();
        BgpTarget.Router router =
                new BgpTarget.Router(IpAddresses.parse("192.0.2.254"), 64513, 179);
        store.create(Kind.BGP_PEER, BgpPeer.of("tor", BgpPeerSpec.of(router)));
        try (Store agent = Stores.open(StoreAddress.parse(server.address("agent-token")))) {
            for (Optional<String> trouble : List.of(Optional.of("no answer"), NONE, NONE)) {
                agent.update(
                        Kind.BGP_PEER,
                        "tor",
                        peer ->
                                peer.withStatus(
                                        peer.status()
                                                .said(
                                                        "node-1",
                                                        trouble,
                                                        _ -> true,
                                                        Instant.EPOCH)));
            }
            // Made by an agent itself, whose name is then on all of it.
            agent.create(Kind.NETWORK, Network.of("own", List.of(IpPrefix.parse("10.9.0.0/16"))));
            for (String status : List.of("True", "False")) {
                agent.update(
                        Kind.NETWORK,
                        "own",
                        network ->
                                network.withConditions(
                                        List.of(
                                                new Condition(
                                                        Network.ACCEPTED,
                                                        status,
                                                        "Said",
                                                        status,
                                                        Instant.EPOCH))));
            }
            assertThat(agent.find(Kind.NETWORK, "own").orElseThrow().object().conditions())
                    .singleElement()
                    .extracting(Condition::status)
                    .isEqualTo("False");
            server.control("delete", "network", "own");
            Stored<Node> read = agent.find(Kind.NODE, "worker").orElseThrow();
            Stored<Node> written =
                    agent.replace(
                            Kind.NODE,
                            saying(
                                    annotated(read.object(), "test/value", "1"),
                                    condition("NetworkUnavailable", "up")),
                            read.version());
            assertThat(written.object().condition("NetworkUnavailable")).isPresent();
            assertThat(agent.list(Kind.NAMESPACE).objects()).isNotEmpty();
            server.control("delete", "node", "worker");
            assertThatThrownBy(() ->
                            agent.replace(
                                    Kind.NODE,
                                    without(written.object(), "test/value"),
                                    written.version()))
                    .isInstanceOf(ConflictException.class);
        }
        assertThat(server.control("get", "bgppeers")).containsPattern("tor +192.0.2.254 +True");
    }

    /** What {@code kakehashi ipam} wrote into a block must not keep its node from clearing it. */
    @Test
    void blockThatTwoWrote_isChangedAsOne() throws Exception {
        IpBlockSpec spec =
                new IpBlockSpec(
                        IpPrefix.parse("10.244.9.0/26"),
                        "pool",
                        "pods",
                        "node-1",
                        IpBlockSpec.State.CONFIRMED,
                        1,
                        "",
                        List.of());
        IpBlock block = IpBlock.of(spec);
        store.create(Kind.IP_BLOCK, block);
        try (Store person = Stores.open(StoreAddress.parse(server.address()), "kakehashi-cli")) {
            IpBlockSpec claimed =
                    new IpBlockSpec(
                            spec.cidr(),
                            "pool",
                            "pods",
                            "node-1",
                            IpBlockSpec.State.CONFIRMED,
                            2,
                            "person",
                            List.of());
            person.update(Kind.IP_BLOCK, block.name(), found -> found.withSpec(claimed));
        }

        Stored<IpBlock> read = store.find(Kind.IP_BLOCK, block.name()).orElseThrow();
        assertThat(read.object().spec().reclaimer()).isEqualTo("person");
        Stored<IpBlock> written =
                store.replace(Kind.IP_BLOCK, read.object().withSpec(spec), read.version());

        assertThat(written.object().spec()).isEqualTo(spec);
        assertThat(store.find(Kind.IP_BLOCK, block.name())).contains(written);
        store.remove(Kind.IP_BLOCK, block.name(), written.version());
    }
}
