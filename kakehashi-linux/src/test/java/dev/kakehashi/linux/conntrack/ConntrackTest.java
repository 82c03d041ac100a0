package dev.kakehashi.linux.conntrack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.LinkSpec;
import dev.kakehashi.linux.rtnetlink.Links;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;

@KernelTest
class ConntrackTest {
    @Test
    void delete_byPortAndByAddress_takesThoseAndNoOthers(TestNamespaces namespaces)
            throws Exception {
        Netns netns = namespaces.create();
        try (RtNetlink rt = RtNetlink.open(netns);
                Conntrack conntrack = Conntrack.open(netns)) {
            rt.execute(Links.change("lo", LinkSpec.builder().up(true).build()));
            // Connections are tracked only where some rule wants to know of them.
            String unused =
                    TestNamespaces.run(
                            netns,
                            "nft",
                            "add table inet t; add chain inet t c { type filter hook output"
                                    + " priority 0; }; add rule inet t c ct state new counter");
            assertThat(unused).isEmpty();
            send(netns, "127.0.0.1", 5001);
            send(netns, "127.0.0.1", 5002);
            send(netns, "127.0.0.2", 5003);
            send(netns, "::1", 5001);
            assertThat(conntrack.entries()).hasSize(4);
            assertThat(conntrack.entries())
                    .anyMatch(e ->
                            e.beganTo(ConntrackTuple.UDP, 5003)
                                    && e.original()
                                            .destination()
                                            .equals(IpAddresses.parse("127.0.0.2")));

            assertThat(conntrack.deleteByOriginalDestination(ConntrackTuple.TCP, 5001)).isZero();
            assertThat(conntrack.deleteByOriginalDestination(ConntrackTuple.UDP, 5001))
                    .isEqualTo(2);
            assertThat(conntrack.entries())
                    .noneMatch(e -> e.beganTo(ConntrackTuple.UDP, 5001))
                    .hasSize(2);
            assertThat(conntrack.deleteByAddress(IpAddresses.parse("127.0.0.2"))).isEqualTo(1);
            assertThat(conntrack.entries())
                    .singleElement()
                    .matches(e -> e.beganTo(ConntrackTuple.UDP, 5002));
        }
    }

    private static void send(Netns netns, String address, int port) throws IOException {
        netns.<IOException>run(() -> {
            try (DatagramSocket socket = new DatagramSocket()) {
                socket.send(
                        new DatagramPacket(
                                new byte[1],
                                1,
                                new InetSocketAddress(IpAddresses.parse(address), port)));
            }
        });
    }
}
