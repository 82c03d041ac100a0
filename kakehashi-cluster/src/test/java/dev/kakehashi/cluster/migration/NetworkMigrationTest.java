package dev.kakehashi.cluster.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.CarrierName;
import dev.kakehashi.cluster.Condition;
import dev.kakehashi.cluster.Metadata;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.NodeAnnotations;
import dev.kakehashi.linux.IpPrefix;

import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/** How far a network is, and whether it may begin, by what nodes say. */
class NetworkMigrationTest {
    private static final Network HOST_GW = network("10.244.0.0/16", CarrierName.HOST_GW);

    private static Network network(String cidr, CarrierName carrier) {
        Network network = Network.of("pods", List.of(IpPrefix.parse(cidr)));
        return network.withSpec(network.spec().withCarrier(carrier));
    }

    private static Node node(String name, String carriers) {
        return with(Node.named(name), NodeAnnotations.CARRIERS, carriers);
    }

    private static Node with(Node node, String annotation, String value) {
        return node.withMetadata(node.metadata().with(annotation, value));
    }

    private static Node saying(Node node, String type, String status, String reason, String text) {
        return node.withConditions(
                new Condition(type, status, reason, text, Instant.EPOCH)
                        .replaceIn(node.conditions()));
    }

    @Test
    void countsWaysAndNodes() {
        Node one =
                node(
                        "a",
                        "{\"receives\":[\"vxlan\",\"host-gw\"],\"sends\":\"vxlan\","
                                + "\"sendsTo\":{\"b\":\"host-gw\",\"c\":\"vxlan>host-gw\"}}");
        one = saying(one, MigrationProgress.CONDITION, "True", "Verifying", "to host-gw; c");
        Node two = node("b", "{\"receives\":[\"host-gw\"],\"sends\":\"host-gw\"}");
        Node three = node("c", "{\"receives\":[\"vxlan\"],\"sends\":\"vxlan\"}");
        three = saying(three, "NetworkUnavailable", "False", "KernelFailed", "no such device");

        NetworkMigration migration = NetworkMigration.of(HOST_GW, List.of(three, two, one));

        assertThat(migration.steps())
                .extracting(
                        NetworkMigration.Step::node,
                        NetworkMigration.Step::phase,
                        NetworkMigration.Step::turned,
                        NetworkMigration.Step::message,
                        NetworkMigration.Step::trouble)
                .containsExactly(
                        tuple("a", MigrationProgress.Phase.VERIFYING, 1, "to host-gw; c", ""),
                        tuple("b", MigrationProgress.Phase.SETTLED, 2, "", ""),
                        tuple("c", MigrationProgress.Phase.PREPARING, 0, "", "no such device"));
        assertThat(migration.isDone()).isFalse();
        assertThat(migration.summary()).isEqualTo("to host-gw: 3 of 6 ways, 1 of 3 nodes");
        assertThat(NetworkMigration.of(HOST_GW, List.of(two)).summary()).isEqualTo("settled");
    }

    @Test
    void agentsThatSayNothing_haveTheOneTheyName() {
        Node old = with(Node.named("old"), NodeAnnotations.CARRIER, "vxlan");
        assertThat(NetworkMigration.of(HOST_GW, List.of(old)).isDone()).isFalse();
        Node unread = node("x", "{\"receives\":");
        assertThat(NetworkMigration.of(HOST_GW, List.of(unread)).open()).hasSize(1);
    }

    private static org.assertj.core.groups.Tuple tuple(Object... values) {
        return org.assertj.core.api.Assertions.tuple(values);
    }

    @Test
    void refusesWhatANodeCannot_whatFlannelDoesNot_andWhatTheNetworkCannot() {
        Node unable =
                Node.named("a")
                        .withMetadata(
                                CarrierObstacles.in(
                                        Metadata.named("a"),
                                        Map.of(CarrierName.WIREGUARD, "no module")));
        assertThat(MigrationAdmission.problems(HOST_GW, CarrierName.WIREGUARD, List.of(unable)))
                .containsExactly("node a cannot: no module");
        assertThat(MigrationAdmission.problems(HOST_GW, CarrierName.VXLAN, List.of(unable)))
                .isEmpty();

        Node flannel =
                with(
                        with(Node.named("f"), NodeAnnotations.FLANNEL_MANAGER, "true"),
                        NodeAnnotations.FLANNEL_BACKEND,
                        "host-gw");
        assertThat(MigrationAdmission.problems(HOST_GW, CarrierName.VXLAN, List.of(flannel)))
                .singleElement()
                .asString()
                .contains("node f has the back end host-gw and cannot change with us");

        Network ipv6 = network("fd00:10:244::/48", CarrierName.VXLAN);
        assertThat(MigrationAdmission.problems(ipv6, CarrierName.IPIP, List.of()))
                .singleElement()
                .asString()
                .contains("'ipip' carries IPv4 only");
    }

    @Test
    void writesDownWhatItWas_andObstaclesAreTakenBack() {
        Network changed = MigrationAdmission.changed(HOST_GW, CarrierName.BGP);
        assertThat(changed.spec().carrier()).isEqualTo(CarrierName.BGP);
        assertThat(changed.metadata().annotations())
                .containsEntry(Network.FORMER_CARRIER, "host-gw");
        assertThat(MigrationAdmission.changed(changed, CarrierName.BGP)).isSameAs(changed);

        Metadata said =
                CarrierObstacles.in(Metadata.named("a"), Map.of(CarrierName.BGP, "no \"bird\""));
        assertThat(CarrierObstacles.of(Node.named("a").withMetadata(said)))
                .containsExactly(Map.entry(CarrierName.BGP, "no \"bird\""));
        assertThat(CarrierObstacles.in(said, Map.of())).isEqualTo(Metadata.named("a"));
        assertThat(
                        CarrierObstacles.of(
                                with(Node.named("a"), NodeAnnotations.CARRIER_OBSTACLES, "{")))
                .isEmpty();
    }
}
