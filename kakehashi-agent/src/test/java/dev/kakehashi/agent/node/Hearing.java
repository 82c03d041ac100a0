package dev.kakehashi.agent.node;

import dev.kakehashi.linux.netns.Netns;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.Optional;

/** Whether datagrams come to pods. */
final class Hearing {
    private static final int PORT = 7788;

    private Hearing() {}

    /** Sends one to a pod; returns from which address it came, if it did. */
    static Optional<InetAddress> of(Netns sender, Netns pod, String address, int octets)
            throws IOException {
        InetAddress target = InetAddress.ofLiteral(address);
        try (DatagramSocket to = socket(pod, new InetSocketAddress(target, PORT));
                DatagramSocket from = socket(sender, new InetSocketAddress(0))) {
            to.setSoTimeout(200);
            from.send(new DatagramPacket(new byte[octets], octets, target, PORT));
            DatagramPacket packet = new DatagramPacket(new byte[octets + 1], octets + 1);
            to.receive(packet);
            return packet.getLength() == octets
                    ? Optional.of(packet.getAddress())
                    : Optional.empty();
        } catch (SocketTimeoutException e) {
            return Optional.empty();
        }
    }

    /** Waits until every pod hears every other one in each family, from its own address. */
    static void awaitAll(NodesBed bed, int octets) throws Exception {
        for (boolean ipv4 : bed.families().each()) {
            awaitAll(bed, ipv4, octets);
        }
    }

    private static void awaitAll(NodesBed bed, boolean ipv4, int octets) throws Exception {
        for (int from = 1; from <= bed.count(); from++) {
            for (int to = 1; to <= bed.count(); to++) {
                if (from != to) {
                    Netns sender = bed.pod(from);
                    int receiver = to;
                    InetAddress own = InetAddress.ofLiteral(NodesBed.address(from, 2, ipv4));
                    NodesBed.await(
                            "pod %d to hear pod %d, %d octets".formatted(to, from, octets),
                            () ->
                                    bed.heard(sender, receiver, ipv4, octets)
                                            .equals(Optional.of(own)));
                }
            }
        }
    }

    private static DatagramSocket socket(Netns netns, InetSocketAddress local) throws IOException {
        return netns.<DatagramSocket, IOException>call(() -> new DatagramSocket(local));
    }
}
