package dev.kakehashi.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.testing.KernelTest;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.List;

/** Labs that end in other ways, and labs of other shapes. */
@KernelTest
class LabTeardownKernelTest {
    private final LabBed bed = new LabBed(new LabSpec("labends", 2, 1, "vxlan", 1));
    private final LabBed segments = new LabBed(new LabSpec("labsegments", 4, 1, "vxlan", 2));
    private final LabBed routes =
            new LabBed(new LabSpec("labroutes", 2, 2, "host-gw", 1).withPodLink("routed"));

    @AfterEach
    void removeAll() throws IOException {
        for (LabBed each : List.of(bed, segments, routes)) {
            each.down();
            assertThat(each.traces()).isEmpty();
        }
    }

    @Test
    void down_leavesNothingAlsoWhenAllProcessesWereKilled() throws Exception {
        bed.up();
        assertThat(bed.traces()).isNotEmpty();
        bed.killAgent("node1");
        bed.killAgent("node2");

        bed.down();

        assertThat(bed.traces()).isEmpty();
    }

    @Test
    void down_removesAHalfMadeLab() throws Exception {
        LabBed.installation();
        LabSpec spec = new LabSpec("labends", 2, 1, "vxlan", 1);
        Installation without = new Installation(java.nio.file.Path.of("/nonexistent"));

        assertThatThrownBy(() -> Lab.up(spec, without, Progress.SILENT))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("lab labends is not up")
                .hasMessageContaining("kakehashi lab down --name labends");
        assertThat(bed.traces()).isNotEmpty();
        bed.down();

        assertThat(bed.traces()).isEmpty();
    }

    @Test
    void down_ofNoLabIsNoError() throws IOException {
        bed.down();
        bed.down();
        assertThat(bed.traces()).isEmpty();
    }

    /** The first one made the folders that the second one's nodes have mounted on. */
    @Test
    void down_leavesTheNodesOfAnotherLabTheirFolders() throws Exception {
        bed.up();
        Lab other = routes.up();
        bed.down();

        assertThat(routes.inNode("node1", "ls /etc/cni/net.d")).contains("kakehashi");
        assertThat(other.addPod("node1", "").address()).startsWith("10.");
    }

    @Test
    void overlay_crossesARouterBetweenSegments() throws Exception {
        Lab lab = segments.up();

        ReachReport reach = lab.reach(Progress.SILENT);

        assertThat(reach.failures()).isEmpty();
        assertThat(reach.cells(Way.OTHER_NODE)).hasSize(12);
        assertThat(segments.node("node1").address()).startsWith("198.18.1.");
        assertThat(segments.node("node2").address()).startsWith("198.18.2.");
        assertThatThrownBy(() -> lab.carrier("host-gw", Progress.SILENT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("needs all nodes in one segment");
    }

    @Test
    void routes_bringUpPodsWithTheWholeMtu() throws Exception {
        Lab lab = routes.up();

        assertThat(lab.reach(Progress.SILENT).failures()).isEmpty();
        assertThat(routes.inPod("pod1", "ip route")).contains("default via 169.254.1.1 dev eth0");
        assertThat(routes.inNode("node1", "ip -o link")).doesNotContain("cni0");
        assertThat(routes.inPod("pod1", "ip link show eth0")).contains("mtu 1500");
        routes.inPod("pod1", "ping -n -c 1 -W 2 -M do -s 1472 " + routes.pod("pod3").address());
    }
}
