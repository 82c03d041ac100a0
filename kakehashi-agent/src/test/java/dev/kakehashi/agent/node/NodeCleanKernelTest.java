package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.agent.install.NodeClean;
import dev.kakehashi.agent.install.NodePaths;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;

/** What is left of a node that was cleaned. */
@KernelTest
class NodeCleanKernelTest {
    private static final String DUMMY = "192.0.0.8/32";

    @TempDir Path directory;

    @Test
    void underlayWithoutIpv4_hasOnlyWhatItHadBefore(TestNamespaces namespaces) throws Exception {
        Path store = Files.createDirectories(directory.resolve("store"));
        Netns node;
        try (NodesBed bed = new NodesBed(namespaces, store, Families.IPV4)) {
            bed.network("carrier: vxlan");
            bed.start(2, Families.IPV6);
            bed.awaitAllReach(16);
            node = bed.node(1);
        }
        assertThat(NodesBed.has(node, "ip address show eth0", DUMMY)).isTrue();
        NodeClean clean =
                new NodeClean(
                        new NodePaths(Files.createDirectories(directory.resolve("root"))),
                        node,
                        false,
                        true);
        assertThat(clean.plan()).anyMatch(line -> line.startsWith("ip address delete " + DUMMY));

        clean.run();

        assertThat(NodesBed.has(node, "ip address show eth0", "inet ")).isFalse();
        assertThat(NodesBed.has(node, "ip address show eth0", "inet6 2001:db8:1::1/64")).isTrue();
        assertThat(NodesBed.has(node, "ip link; ip route; ip -6 route", "flannel")).isFalse();
    }
}
