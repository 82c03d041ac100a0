package dev.kakehashi.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.NamespaceId;

import org.junit.jupiter.api.Test;

class LabTopologyTest {

    @Test
    void nodesAreDealtOverTheSegments() {
        LabTopology topology = new LabTopology(new LabSpec("lab", 5, 1, "vxlan", 2));

        assertThat(topology.nodes())
                .extracting(LabNode::address)
                .containsExactly(
                        "198.18.1.11", "198.18.2.12", "198.18.1.13", "198.18.2.14", "198.18.1.15");
        assertThat(topology.nodes().get(1).gateways()).containsExactly("198.18.2.1");
    }

    @Test
    void thereAreNoSegmentsWithoutNodes() {
        assertThat(new LabTopology(new LabSpec("lab", 2, 1, "vxlan", 9)).segments()).isEqualTo(2);
    }

    @Test
    void plainRoutesAcrossARouterAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LabSpec("lab", 3, 1, "host-gw", 2))
                .withMessageContaining("--segments 1");
    }

    @Test
    void aNameThatIsAPathIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LabSpec("../x", 3, 1, "vxlan", 1))
                .withMessageContaining("../x");
    }

    @Test
    void onlyOwnNamespacesAreTakenForTheLabs() {
        assertThat(LabTopology.isNetnsOf("lab", "lab-node12")).isTrue();
        assertThat(LabTopology.isNetnsOf("lab", "lab-underlay")).isTrue();
        assertThat(LabTopology.isNetnsOf("lab", "lab-two-node1")).isFalse();
        assertThat(LabTopology.isNetnsOf("lab", "lab-nodes")).isFalse();
    }

    @Test
    void eachNodeIsWiredToItsSegment() {
        LabTopology topology = new LabTopology(new LabSpec("lab", 3, 1, "vxlan", 2));

        DesiredState wiring = LabWiring.compile(topology);

        assertThat(wiring.namespaces())
                .extracting(NamespaceId::name)
                .containsExactlyInAnyOrderElementsOf(topology.namespaces());
        assertThat(wiring.in(new NamespaceId("lab-node2")).toString())
                .contains("198.18.2.12/24")
                .contains("198.18.2.1");
    }

    @Test
    void dualNodesHaveAddressesAndRoutersOfBothFamilies() {
        LabSpec spec = new LabSpec("lab", 2, 0, "vxlan", 2).withIpFamily("dual");
        LabTopology topology = new LabTopology(spec);

        assertThat(topology.nodes().getLast().addresses())
                .containsExactly("198.18.2.12", "2001:2:0:2::12");
        assertThat(topology.podCidrs()).containsExactly("10.244.0.0/16", "fd00:10:244::/56");
        assertThat(LabWiring.compile(topology).in(new NamespaceId("lab-node2")).toString())
                .contains("198.18.2.12/24", "2001:2:0:2::12/64", "2001:2:0:2::1");
    }

    @Test
    void ipv6LabHasNoAddressOfIpv4() {
        LabSpec spec = new LabSpec("lab", 1, 0, "vxlan", 1).withIpFamily("ipv6");
        LabTopology topology = new LabTopology(spec);

        assertThat(topology.nodes().getFirst().addresses()).containsExactly("2001:2:0:1::11");
        assertThat(LabWiring.compile(topology).toString()).doesNotContain("198.18.");
    }

    @Test
    void carrierOfIpv4AloneIsRefusedWithIpv6() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LabSpec("lab", 1, 0, "ipip", 1).withIpFamily("dual"))
                .withMessageContaining("--ip-family ipv4");
    }
}
