package dev.kakehashi.agent.node;

import dev.kakehashi.linux.netns.Netns;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.concurrent.TimeUnit;

/**
 * Numbered packets from one namespace to another until it is asked: every two milliseconds, in the
 * emulated virtual machine every twenty, which is what it can carry beside agents.
 */
final class UdpFlow {
    private static final int PORT = 7799;
    private static final int PAUSE_MILLIS = NodesBed.EMULATED ? 20 : 2;
    private static final int LAST_MILLIS = 500;

    private final DatagramSocket from;
    private final DatagramSocket to;
    private final InetSocketAddress target;
    private final BitSet heard = new BitSet();
    private final Thread sender;
    private final Thread receiver;
    private volatile boolean ended;
    private int sent;

    private UdpFlow(DatagramSocket from, DatagramSocket to, InetSocketAddress target) {
        this.from = from;
        this.to = to;
        this.target = target;
        this.sender = Thread.ofPlatform().start(this::send);
        this.receiver = Thread.ofPlatform().start(this::receive);
    }

    static UdpFlow start(Netns sender, Netns receiver, String address) throws IOException {
        return start(sender, receiver, address, 0);
    }

    /** One of several to the same address, by a number of its own. */
    static UdpFlow start(Netns sender, Netns receiver, String address, int number)
            throws IOException {
        int port = PORT + number;
        InetAddress target = InetAddress.ofLiteral(address);
        DatagramSocket to =
                receiver.<DatagramSocket, IOException>call(
                        () -> new DatagramSocket(new InetSocketAddress(target, port)));
        to.setSoTimeout(LAST_MILLIS);
        return new UdpFlow(
                sender.<DatagramSocket, IOException>call(DatagramSocket::new),
                to,
                new InetSocketAddress(target, port));
    }

    private void send() {
        try {
            while (!ended) {
                byte[] number = ByteBuffer.allocate(Integer.BYTES).putInt(sent++).array();
                try {
                    from.send(new DatagramPacket(number, number.length, target));
                } catch (IOException e) {
                    // No route: the packet is lost, as it should count.
                }
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void receive() {
        DatagramPacket packet = new DatagramPacket(new byte[Integer.BYTES], Integer.BYTES);
        while (true) {
            try {
                to.receive(packet);
                heard.set(ByteBuffer.wrap(packet.getData()).getInt());
            } catch (SocketTimeoutException e) {
                if (ended) {
                    return;
                }
            } catch (IOException e) {
                return;
            }
        }
    }

    /** Ends it. @return how many packets were sent and how many of them not heard */
    Result end() throws InterruptedException {
        ended = true;
        sender.join();
        receiver.join();
        from.close();
        to.close();
        return new Result(sent, sent - heard.cardinality());
    }

    record Result(int sent, int lost) {}
}
