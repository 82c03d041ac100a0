package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.agent.pods.PodMtuTurn;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** The MTU of pods' links where a link does not take it. */
@KernelTest
class PodLinksKernelTest {
    /** More than the kernel's veth and bridge have (ETH_MAX_MTU, linux/if_ether.h). */
    private static final int REFUSED = 70_000;

    private static final Network NETWORK =
            Network.of("pods", List.of(IpPrefix.parse("10.244.0.0/16")));

    private static String links(Netns host) throws Exception {
        return TestNamespaces.run(host, "ip", "-o", "link");
    }

    @Test
    void refusedMtu_endsNothing_andWhatIsBehindDoesNotGrow(TestNamespaces namespaces)
            throws Exception {
        Netns host = namespaces.create();
        Netns pod = namespaces.create();
        Path name = Path.of("/run/netns/kakehashi-test-" + ProcessHandle.current().pid() + "-mtu");
        pod.pin(name);
        try (RtNetlink kernel = RtNetlink.open(host)) {
            TestNamespaces.run(
                    host,
                    "sh",
                    "-ec",
                    """
                    ip link add cni0 type bridge
                    ip link add v0 type veth peer name eth0 netns %s
                    ip link set v0 alias kakehashi:pods/c1/eth0 master cni0
                    """
                            .formatted(name));
            NeighbourKeeper none = new NeighbourKeeper(host, kernel, event -> {});
            PodLinks pods = new PodLinks(kernel, new PodMtuTurn(), none);

            pods.keep(NETWORK, REFUSED, Set.of());
            assertThat(links(host)).containsPattern("cni0: .* mtu 1500 ");
            assertThat(links(pod)).containsPattern("eth0@.* mtu 1500 ");

            pods.keep(NETWORK, 9000, Set.of());
            assertThat(links(host))
                    .containsPattern("cni0: .* mtu 9000 ")
                    .containsPattern("v0@.* mtu 9000 ");
            assertThat(links(pod)).containsPattern("eth0@.* mtu 9000 ");
        } finally {
            Netns.unpin(name);
        }
    }
}
