package dev.kakehashi.cluster.ipam;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.IpamSpec;
import dev.kakehashi.cluster.IpamType;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.NodeAnnotations;
import dev.kakehashi.linux.IpPrefix;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

class IpamInUseTest {
    private static final Network POD_CIDR =
            Network.of("pods", List.of(IpPrefix.parse("10.244.0.0/16")));
    private static final Network POOLS =
            POD_CIDR.withSpec(POD_CIDR.spec().withIpam(IpamSpec.pools()));

    private static Node node(String name, String said) {
        Node node = Node.named(name);
        return said.isEmpty()
                ? node
                : node.withMetadata(node.metadata().with(NodeAnnotations.IPAM_IN_USE, said));
    }

    @Test
    void whatIsSaid_isReadBack_ofThatNetworkOnly() {
        for (IpamType type : IpamType.values()) {
            Node said = IpamInUse.saying(Node.named("a"), "pods", Optional.of(type));
            assertThat(IpamInUse.of(said, "pods")).contains(type);
            assertThat(IpamInUse.of(said, "others")).isEmpty();
            assertThat(IpamInUse.saying(said, "pods", Optional.empty())).isEqualTo(Node.named("a"));
        }
        assertThat(IpamInUse.of(node("a", "pods/anything"), "pods")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "'', '', pools",
        "pods/podCIDR, '', podCIDR",
        "pods/podCIDR, pods/pools, podCIDR",
        "'', pods/podCIDR, podCIDR",
        "'', others/podCIDR, pools",
        "'', pods/pools, pools",
        "nonsense, nonsense, pools",
    })
    void nodeThatStarts_takesWhatPodsHave(String own, String other, String type) {
        List<Node> nodes = List.of(node("a", own), node("b", other));
        assertThat(IpamInUse.inForce(POOLS, "a", nodes).spec().ipam().type()).hasToString(type);
    }

    @Test
    void nodesOfBothTypes_areNoReasonToLeaveTheWantedOne() {
        List<Node> nodes = List.of(node("b", "pods/podCIDR"), node("c", "pods/pools"));
        assertThat(IpamInUse.inForce(POOLS, "a", nodes)).isSameAs(POOLS);
    }

    @Test
    void anotherType_isRefusedWhilePodsHaveThisOne() {
        Node own = node("a", "pods/podCIDR");
        Node other = node("b", "pods/podCIDR");

        assertThat(IpamInUse.refuses(POOLS, IpamType.POD_CIDR, "a", true, List.of(own, other)))
                .hasValueSatisfying(why ->
                        assertThat(why)
                                .contains("changed to pools")
                                .contains("addresses of podCIDR, on a, b: podCIDR stays"));
        assertThat(IpamInUse.refuses(POOLS, IpamType.POD_CIDR, "a", false, List.of(own, other)))
                .hasValueSatisfying(why -> assertThat(why).contains("on b: "));
        assertThat(IpamInUse.refuses(POOLS, IpamType.POD_CIDR, "a", false, List.of(own)))
                .as("what it says itself is of former pods")
                .isEmpty();
    }

    @Test
    void manyNodes_areCounted() {
        List<Node> nodes = new ArrayList<>();
        for (int i = 10; i < 30; i++) {
            nodes.add(node("n" + i, "pods/podCIDR"));
        }
        assertThat(IpamInUse.refuses(POOLS, IpamType.POD_CIDR, "a", false, nodes))
                .hasValueSatisfying(why ->
                        assertThat(why).contains("n10, n11, n12, n13, n14 and 15 more nodes"));
    }
}
