package dev.kakehashi.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Asks every question of a reachability matrix by UDP, many at once, and repeats those without an
 * answer until each has one or the time is up. Then it asks some again, one at a time, for the time
 * that an answer takes.
 *
 * <p>The one asked puts the source address it saw into its answer: that shows whether a packet was
 * translated on its way. One thread serves all sockets; they stay in the namespaces they were
 * opened in.
 */
final class Prober {
    static final int PORT = 7788;

    private static final Duration REPEAT_AFTER = Duration.ofMillis(100);
    private static final byte QUESTION = 'Q';
    private static final byte ANSWER = 'A';
    private static final int MAX_PACKET = 64;
    // Questions in flight at a time: neighbour resolution holds back only a few packets for each
    // next hop (neighbour(7), unres_qlen) and drops the rest.
    private static final int WINDOW = 512;
    private static final int TIMED_OF_EACH_WAY = 40;
    private static final Duration TIMED_LIMIT = Duration.ofSeconds(2);

    private final List<Probe> probes;
    private final int window;
    private final int firstNumber;
    private final long[] sentAt;
    private final ByteBuffer buffer = ByteBuffer.allocate(MAX_PACKET);
    private int open;

    private Prober(List<Probe> questions, int window, int firstNumber) {
        this.probes = new ArrayList<>(questions);
        this.firstNumber = firstNumber;
        this.window = window;
        this.sentAt = new long[questions.size()];
        this.open = questions.size();
    }

    /**
     * Asks until all are answered or {@code limit} is over.
     *
     * @return the probes in the order given, those that were answered with their answer
     */
    static List<Probe> ask(List<Probe> questions, Duration limit) throws IOException {
        List<Probe> answered = new Prober(questions, WINDOW, 0).run(limit);
        List<Integer> sample = sample(answered);
        List<Probe> again = sample.stream().map(i -> answered.get(i).again()).toList();
        // Other numbers than before: late answers to repeated questions are still on their way.
        List<Probe> timed = new Prober(again, 1, questions.size()).run(TIMED_LIMIT);
        for (int i = 0; i < timed.size(); i++) {
            if (timed.get(i).reached()) {
                answered.set(sample.get(i), timed.get(i));
            }
        }
        return answered;
    }

    /** Some of each kind of way, spread over all of it. */
    private static List<Integer> sample(List<Probe> answered) {
        List<Integer> sample = new ArrayList<>();
        for (Way way : Way.values()) {
            List<Integer> all = new ArrayList<>();
            for (int i = 0; i < answered.size(); i++) {
                if (answered.get(i).reached() && answered.get(i).way() == way) {
                    all.add(i);
                }
            }
            int stride = all.size() / TIMED_OF_EACH_WAY + 1;
            for (int i = 0; i < all.size(); i += stride) {
                sample.add(all.get(i));
            }
        }
        return sample;
    }

    private List<Probe> run(Duration limit) throws IOException {
        try (Selector selector = Selector.open()) {
            for (DatagramChannel channel : channels()) {
                channel.configureBlocking(false);
                channel.register(selector, SelectionKey.OP_READ);
            }
            long end = System.nanoTime() + limit.toNanos();
            while (open > 0 && System.nanoTime() < end) {
                sendDue();
                selector.select(this::receive, 10);
            }
        }
        return probes;
    }

    private List<DatagramChannel> channels() {
        return probes.stream()
                .flatMap(p -> java.util.stream.Stream.of(p.from(), p.to()))
                .map(Endpoint::channel)
                .distinct()
                .toList();
    }

    private void sendDue() throws IOException {
        long now = System.nanoTime();
        int inFlight = 0;
        for (int i = 0; i < probes.size() && inFlight < window; i++) {
            Probe probe = probes.get(i);
            if (probe.reached()) {
                continue;
            }
            inFlight++;
            if (sentAt[i] == 0 || now - sentAt[i] > REPEAT_AFTER.toNanos()) {
                sentAt[i] = now;
                buffer.clear().put(QUESTION).putInt(firstNumber + i).flip();
                send(probe.from().channel(), new InetSocketAddress(probe.to().address(), PORT));
            }
        }
    }

    private void send(DatagramChannel from, SocketAddress to) {
        try {
            from.send(buffer, to);
        } catch (IOException e) {
            // "No route to host" and the like: the question stays open and shows as unreachable.
            buffer.clear();
        }
    }

    private void receive(SelectionKey key) {
        DatagramChannel channel = (DatagramChannel) key.channel();
        try {
            for (SocketAddress peer = read(channel); peer != null; peer = read(channel)) {
                handle(channel, (InetSocketAddress) peer);
            }
        } catch (java.net.PortUnreachableException e) {
            // An ICMP error for an earlier question; it stays open and is repeated.
            return;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private @org.jspecify.annotations.Nullable SocketAddress read(DatagramChannel channel)
            throws IOException {
        buffer.clear();
        SocketAddress peer = channel.receive(buffer);
        buffer.flip();
        return peer;
    }

    private void handle(DatagramChannel channel, InetSocketAddress peer) throws IOException {
        if (buffer.remaining() < 5) {
            return;
        }
        byte what = buffer.get();
        int number = buffer.getInt();
        if (what == QUESTION) {
            byte[] source = peer.getAddress().getAddress();
            buffer.clear().put(ANSWER).putInt(number).put(source).flip();
            send(channel, peer);
            return;
        }
        int index = number - firstNumber;
        if (what == ANSWER && index >= 0 && index < probes.size()) {
            byte[] source = new byte[buffer.remaining()];
            buffer.get(source);
            accept(index, InetAddress.getByAddress(source));
        }
    }

    private void accept(int index, InetAddress seenSource) {
        Probe probe = probes.get(index);
        if (!probe.reached()) {
            Duration passed = Duration.ofNanos(System.nanoTime() - sentAt[index]);
            Optional<Duration> roundTrip = window == 1 ? Optional.of(passed) : Optional.empty();
            probes.set(index, probe.answered(new Probe.Answer(seenSource, roundTrip)));
            open--;
        }
    }
}
