package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Path;

/** Pods of a node whose Network's podLink was changed between them. */
@KernelTest
class PodLinkChangeKernelTest {
    @TempDir Path directory;

    private static boolean reaches(Netns pod, String address) throws IOException {
        return NodesBed.has(pod, "ping -c 1 -W 1 " + address + " || :", " 1 received");
    }

    /** On the same node, where one kind takes the other's addresses for its link, and elsewhere. */
    private static void awaitReach(NodesBed bed, Netns former, Netns later) throws Exception {
        for (boolean ipv4 : new boolean[] {true, false}) {
            String first = NodesBed.address(1, 2, ipv4);
            String second = NodesBed.address(1, 3, ipv4);
            String other = NodesBed.address(2, 2, ipv4);
            NodesBed.await("the later pod", () -> reaches(former, second));
            NodesBed.await("the former pod", () -> reaches(later, first));
            NodesBed.await("the other node's pod", () -> reaches(later, other));
            NodesBed.await("the later pod from there", () -> reaches(bed.pod(2), second));
        }
    }

    private static boolean answers(NodesBed bed, String address) throws IOException {
        return NodesBed.has(bed.node(1), "ip neighbour show proxy", address + " dev cni0");
    }

    @ParameterizedTest
    @CsvSource({"bridge, routed, ptp, 3", "routed, bridge, bridge, 2"})
    void podsOfBothKinds_reachEachOther(
            String before, String after, String plugin, int routed, TestNamespaces namespaces)
            throws Exception {
        try (NodesBed bed = new NodesBed(namespaces, directory.resolve("store"), Families.DUAL)) {
            bed.network("podLink: " + before);
            bed.attachByCni();
            bed.start(2, Families.DUAL);
            bed.awaitAllReach(16);

            bed.network("podLink: " + after);
            NodesBed.await(
                    "the configuration",
                    () -> bed.files(1).cniConf().contains("\"type\": \"" + plugin + "\""));
            Netns later = bed.attached(1, "later");
            awaitReach(bed, bed.pod(1), later);

            // As an agent before this one may have left them.
            bed.stopAgent(1);
            String gone = "ip neighbour add proxy 10.244.1.99 dev cni0 protocol 75";
            String taken = "ip neighbour del proxy " + NodesBed.address(1, routed, true);
            NodesBed.sh(bed.node(1), gone + "; " + taken + " dev cni0");
            bed.startAgent(1);
            NodesBed.await("what was left to go", () -> !answers(bed, "10.244.1.99"));
            awaitReach(bed, bed.pod(1), later);

            if (plugin.equals("ptp")) {
                bed.detach("later");
                NodesBed.await(
                        "the end of answers for who is gone",
                        () -> !answers(bed, NodesBed.address(1, routed, true)));
            }
            assertThat(answers(bed, NodesBed.address(1, 2, false))).isEqualTo(routed == 2);
        }
    }
}
