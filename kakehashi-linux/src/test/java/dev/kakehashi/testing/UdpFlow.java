package dev.kakehashi.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.netns.Netns;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Numbered packets from one namespace to another, evenly until it is asked. */
public final class UdpFlow {
    /** Packets per second, unless another number is asked for. */
    public static final int PER_SECOND = 500;

    /** Packets of which none lost says something. */
    private static final int ENOUGH = 200;

    private static final int PORT = 7799;
    private static final int LAST_MILLIS = 500;

    /** The shortest pause that a thread sleeps for; more packets are sent together. */
    private static final long SHORTEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(1);

    /** What a sender that was held up makes good; a longer gap stays one. */
    private static final long MADE_GOOD = TimeUnit.MILLISECONDS.toNanos(5);

    /** The most that a socket gets without asking for more, net.core.rmem_max. */
    private static final int BUFFER = 212_992;

    private final DatagramSocket from;
    private final DatagramSocket to;
    private final InetSocketAddress target;
    private final long interval;
    private final BitSet heard = new BitSet();
    private final Thread sender;
    private final Thread receiver;
    private volatile boolean ended;
    private volatile int sent;

    private UdpFlow(
            DatagramSocket from, DatagramSocket to, InetSocketAddress target, int perSecond) {
        this.from = from;
        this.to = to;
        this.target = target;
        this.interval = TimeUnit.SECONDS.toNanos(1) / perSecond;
        this.sender = Thread.ofPlatform().start(this::send);
        this.receiver = Thread.ofPlatform().start(this::receive);
    }

    /** A flow of {@link #PER_SECOND}. */
    public static UdpFlow start(Netns sender, Netns receiver, String address) throws IOException {
        return start(sender, receiver, address, 0, PER_SECOND);
    }

    /**
     * One of several to the same address.
     *
     * @param number its own among those to the address
     * @param perSecond how many packets
     */
    public static UdpFlow start(
            Netns sender, Netns receiver, String address, int number, int perSecond)
            throws IOException {
        int port = PORT + number;
        InetAddress target = InetAddress.ofLiteral(address);
        DatagramSocket to =
                receiver.<DatagramSocket, IOException>call(
                        () -> new DatagramSocket(new InetSocketAddress(target, port)));
        to.setSoTimeout(LAST_MILLIS);
        to.setReceiveBufferSize(BUFFER);
        return new UdpFlow(
                sender.<DatagramSocket, IOException>call(DatagramSocket::new),
                to,
                new InetSocketAddress(target, port),
                perSecond);
    }

    private void send() {
        long next = System.nanoTime();
        int count = 0;
        while (!ended) {
            long now = System.nanoTime();
            if (next > now) {
                LockSupport.parkNanos(Math.max(next - now, SHORTEST_PAUSE));
                continue;
            }
            next = Math.max(next, now - MADE_GOOD) + interval;
            byte[] number = ByteBuffer.allocate(Integer.BYTES).putInt(count).array();
            sent = ++count;
            try {
                from.send(new DatagramPacket(number, number.length, target));
            } catch (IOException e) {
                // No route: the packet is lost, as it should count.
            }
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

    /** Ends them when each has sent so much that none lost says something; none is lost. */
    public static void endWithoutLoss(List<UdpFlow> flows) throws Exception {
        endWithoutLoss(flows, ENOUGH);
    }

    /** The same with another number of packets. */
    public static void endWithoutLoss(List<UdpFlow> flows, int atLeast) throws Exception {
        for (UdpFlow flow : flows) {
            Result result = flow.end(atLeast);
            assertThat(result.lost())
                    .as("of %d to %s", result.sent(), flow.target.getAddress())
                    .isZero();
        }
    }

    /** Ends it when so many packets were sent that they say something. */
    public Result end(int atLeast) throws InterruptedException {
        while (sent < atLeast) {
            TimeUnit.NANOSECONDS.sleep(interval);
        }
        return end();
    }

    /** Ends it. @return how many packets were sent and how many of them not heard */
    public Result end() throws InterruptedException {
        ended = true;
        sender.join();
        receiver.join();
        from.close();
        to.close();
        return new Result(sent, sent - heard.cardinality());
    }

    /**
     * What became of the packets.
     *
     * @param sent how many there were
     * @param lost how many of them were not heard
     */
    public record Result(int sent, int lost) {}
}
