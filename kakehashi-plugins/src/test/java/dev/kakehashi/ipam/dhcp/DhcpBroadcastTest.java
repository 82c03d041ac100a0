package dev.kakehashi.ipam.dhcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.packet.IpPacketSocket;
import dev.kakehashi.plugins.Calls;
import dev.kakehashi.plugins.PluginBed;
import dev.kakehashi.testing.Dnsmasq;
import dev.kakehashi.testing.KernelTest;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** How a real server answers a daemon, seen on the wire (RFC 2131, section 4.1). */
@Tag("peers")
@KernelTest
class DhcpBroadcastTest {
    private static final int IP_DESTINATION = 16;
    private static final int UDP_DESTINATION = 22;
    private static final int PAYLOAD = 28;

    @TempDir Path root;
    @RegisterExtension final PluginBed bed = PluginBed.ofEachTestBelow(() -> root);

    /** A message and to whom it went. */
    private record Seen(DhcpMessage message, InetAddress to) {}

    /** What a link has received by now for a port; headers of these have no options. */
    private static List<Seen> received(IpPacketSocket link, int port) throws Exception {
        List<Seen> seen = new ArrayList<>();
        while (true) {
            var packet = link.receive(Duration.ofMillis(100));
            if (packet.isEmpty()) {
                return seen;
            }
            byte[] octets = packet.get();
            if (octets.length > PAYLOAD
                    && ByteBuffer.wrap(octets).getShort(UDP_DESTINATION) == port) {
                byte[] to = Arrays.copyOfRange(octets, IP_DESTINATION, IP_DESTINATION + 4);
                DhcpCodec.decode(Arrays.copyOfRange(octets, PAYLOAD, octets.length))
                        .ifPresent(message -> seen.add(new Seen(message, IpAddresses.of(to))));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"-broadcast=true, true, 255.255.255.255", "-broadcast=false, false, 192.168.1.5"})
    void serverAnswers_asTheDaemonsFlagSays(String flag, boolean bit, String answeredTo)
            throws Exception {
        assumeThat(Dnsmasq.PROGRAM).as("Debian's package dnsmasq-base").isExecutable();
        String netns =
                PluginBed.path(bed.container()).replace("self", "" + ProcessHandle.current().pid());
        bed.onHost(
                "ip", "link", "add", "veth0", "type", "veth", "peer", "name", "eth0", "netns",
                netns);
        bed.onHost("ip", "address", "add", "192.168.1.1/24", "dev", "veth0");
        bed.onHost("ip", "link", "set", "veth0", "up");
        bed.inContainer("ip", "link", "set", "eth0", "up");
        Path socket = root.resolve("run/cni/dhcp.sock");
        Calls calls =
                bed.calls(
                                "{'cniVersion': '1.1.0', 'name': 'net', 'type': 'bridge', 'ipam':"
                                        + " {'type': 'dhcp'}}")
                        .set("CNI_NETNS", netns);
        try (Dnsmasq _ =
                        Dnsmasq.start(
                                bed.host(),
                                root,
                                "--interface=veth0",
                                "--bind-interfaces",
                                "--dhcp-range=192.168.1.5,192.168.1.5,255.255.255.0,2m");
                DaemonProcess _ = DaemonProcess.start(bed.host(), root, socket, flag);
                IpPacketSocket server =
                        IpPacketSocket.open(
                                bed.host(), bed.hostLink("veth0").orElseThrow().index());
                IpPacketSocket client =
                        IpPacketSocket.open(
                                bed.container(), bed.containerLink("eth0").orElseThrow().index());
                LeaseKeeper own = LeaseKeeper.create()) {
            DhcpPlugin plugin = DhcpPlugin.of(new JailedHost(bed.host(), root), own);
            CniResult result = plugin.add(calls.request(CniCommand.ADD));

            assertThat(result.ips().getFirst().address()).hasToString("192.168.1.5/24");
            assertThat(own.isBusy()).as("kept by this process, not by the daemon").isFalse();
            List<Seen> asked = received(server, UdpPacket.SERVER_PORT);
            assertThat(asked)
                    .extracting(seen -> seen.message().type().orElseThrow())
                    .contains(DhcpMessage.Type.DISCOVER, DhcpMessage.Type.REQUEST);
            assertThat(asked).allMatch(seen -> seen.message().broadcast() == bit);
            List<Seen> answers = received(client, UdpPacket.CLIENT_PORT);
            assertThat(answers)
                    .extracting(seen -> seen.message().type().orElseThrow())
                    .contains(DhcpMessage.Type.OFFER, DhcpMessage.Type.ACK);
            assertThat(answers).allMatch(seen -> seen.to().equals(IpAddresses.parse(answeredTo)));
        }
    }
}
