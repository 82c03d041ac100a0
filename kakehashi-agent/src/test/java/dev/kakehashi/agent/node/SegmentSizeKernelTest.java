package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;

/** Pods that believe in a larger MTU than the way between their nodes has. */
@KernelTest
class SegmentSizeKernelTest {
    private static final int PORT = 7799;
    private static final int PATIENCE_MILLIS = 5000;
    private static final String LIST = "nft list chain inet kakehashi";

    private static final String OLDER =
            """
            table inet kakehashi {
                comment "network pods of Kakehashi"
                chain forward {
                    type filter hook forward priority filter; policy accept;
                    ip saddr 10.244.0.0/16 accept
                    ip daddr 10.244.0.0/16 accept
                }
                chain mss {
                    type filter hook forward priority mangle; policy accept;
                    ip saddr 10.244.0.0/16 tcp flags syn / syn,rst tcp option maxseg size set rt mtu
                    ip daddr 10.244.0.0/16 tcp flags syn / syn,rst tcp option maxseg size set rt mtu
                }
            }
            """;

    @TempDir Path directory;

    /** The greatest segment of a new connection fits: VXLAN's MTU less the headers. */
    @ParameterizedTest
    @CsvSource({"IPV4, true, 1410", "IPV6, false, 1370"})
    void aNewConnection_takesSegmentsThatFitTheWay(
            Families families, boolean ipv4, int largest, TestNamespaces namespaces)
            throws Exception {
        try (NodesBed bed = new NodesBed(namespaces, directory.resolve("store"), families)) {
            bed.network("carrier: vxlan");
            bed.start(2, families);
            bed.awaitAllReach(100);
            assertThat(NodesBed.has(bed.pod(1), "ip link show eth0", "mtu 1500")).isTrue();
            assertThatANewConnectionTakes(largest, bed, ipv4);
        }
    }

    /** The clamps had a hook of their own once: what an older agent left goes, they do not. */
    @Test
    void aNodeOfAnOlderRelease_keepsItsClamps_behindTheChainOfForwardedPackets(
            TestNamespaces namespaces) throws Exception {
        Families families = Families.IPV4;
        try (NodesBed bed = new NodesBed(namespaces, directory.resolve("store"), families)) {
            bed.network("carrier: vxlan");
            bed.prepare((_, node) -> NodesBed.sh(node, "nft -f - <<'NFT'\n" + OLDER + "NFT"));
            bed.start(2, families);
            bed.awaitAllReach(100);
            for (int node = 1; node <= 2; node++) {
                Netns netns = bed.node(node);
                NodesBed.await(
                        "the jump to the clamps",
                        () -> NodesBed.has(netns, LIST + " forward", " jump mss"));
                String clamps = TestNamespaces.run(netns, "sh", "-c", LIST + " mss");
                assertThat(clamps).contains("maxseg size set rt mtu").doesNotContain("hook");
            }
            assertThatANewConnectionTakes(1410, bed, true);
        }
    }

    private static void assertThatANewConnectionTakes(int largest, NodesBed bed, boolean ipv4)
            throws Exception {
        InetAddress target = InetAddress.ofLiteral(NodesBed.address(2, 2, ipv4));
        try (ServerSocket server =
                        bed.pod(2)
                                .<ServerSocket, Exception>call(
                                        () -> new ServerSocket(PORT, 1, target));
                Socket client = bed.pod(1).<Socket, Exception>call(() -> connected(target))) {
            server.setSoTimeout(PATIENCE_MILLIS);
            assertThat(client.isConnected()).isTrue();
            try (Socket accepted = server.accept()) {
                assertThat(accepted.isConnected()).isTrue();
                for (int pod = 1; pod <= 2; pod++) {
                    String said =
                            TestNamespaces.run(
                                    bed.pod(pod), "ss", "-Htino", "state", "established");
                    int mss = Integer.parseInt(said.replaceAll("(?s).*\\bmss:(\\d+).*", "$1"));
                    // Timestamps (RFC 7323) take 12 octets of each.
                    assertThat(mss).as(said).isEqualTo(largest - 12);
                }
            }
        }
    }

    private static Socket connected(InetAddress target) throws IOException {
        Socket client = new Socket();
        client.connect(new InetSocketAddress(target, PORT), PATIENCE_MILLIS);
        return client;
    }
}
