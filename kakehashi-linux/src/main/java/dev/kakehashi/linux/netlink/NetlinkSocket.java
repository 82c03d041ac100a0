package dev.kakehashi.linux.netlink;

import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.Fd;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.netns.Netns;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A netlink socket for requests: batches, single gets and dumps (netlink(7)).
 *
 * <p>It belongs to the namespace it was opened in, wherever it is used, and keeps that namespace
 * alive: one in a pod must be closed at once, else the pod's links outlive it. Opening costs
 * microseconds. Calls from several threads wait for each other; a call blocks a native thread, so
 * it is not for virtual threads.
 */
public final class NetlinkSocket implements AutoCloseable {
    private static final int DUMP_ATTEMPTS = 8;

    /** So many refusals fit into a receive buffer of usual size. */
    private static final int MAX_BATCH_MESSAGES = 128;

    private static final int MAX_BATCH_BYTES = 128 * 1024;

    private final NetlinkChannel channel;
    private final MessageWriter writer = new MessageWriter();
    private int sequence = 1;

    private NetlinkSocket(NetlinkChannel channel) {
        this.channel = channel;
    }

    /** Opens a socket inside a namespace. */
    public static NetlinkSocket open(Netns netns, NetlinkProtocol protocol) throws LinuxException {
        return netns.<NetlinkSocket, LinuxException>call(() -> open(protocol));
    }

    /** Opens a socket in the calling thread's namespace. */
    public static NetlinkSocket open(NetlinkProtocol protocol) throws LinuxException {
        return new NetlinkSocket(NetlinkChannel.open(protocol));
    }

    /**
     * How many bytes the kernel has sent to all netlink sockets of this process: what a piece of
     * work reads of the kernel is known by the difference, whatever else the machine does.
     */
    public static long bytesReceived() {
        return NetlinkChannel.received();
    }

    /** The descriptor, for requests that any socket of the namespace serves (netdevice(7)). */
    public Fd fd() {
        return channel.fd();
    }

    /** How long an answer may take; 10 seconds unless set. */
    public synchronized NetlinkSocket timeout(Duration timeout) throws LinuxException {
        channel.receiveTimeout(timeout);
        return this;
    }

    /**
     * The port number ({@code nl_pid}) that the kernel gave this socket; notifications name their
     * cause by it.
     */
    public int port() {
        return channel.port();
    }

    /**
     * Executes messages in order, all in one send (very many: in several). Only the last is
     * acknowledged, since the kernel reports errors in any case. It goes on after a refusal; see
     * {@link BatchResult}.
     *
     * @throws LinuxException when the exchange itself failed: some messages may have been executed
     */
    public synchronized BatchResult submit(List<? extends NetlinkRequest> requests)
            throws IOException {
        Collector collector = new Collector(requests);
        int next = 0;
        while (next < requests.size()) {
            int first = next;
            collector.begin(first, sequence);
            writer.reset();
            int start = 0;
            do {
                start = append(requests.get(next++), 0);
            } while (next < requests.size()
                    && next - first < MAX_BATCH_MESSAGES
                    && writer.length() < MAX_BATCH_BYTES);
            writer.addFlags(start, NetlinkMessage.NLM_F_ACK);
            channel.send(writer);
            do {
                receive(collector, requests.get(next - 1));
            } while (!collector.acknowledged(next - 1));
        }
        return collector.result();
    }

    /**
     * Executes one message.
     *
     * @throws NetlinkException when the kernel refuses it
     */
    public void execute(NetlinkRequest request) throws IOException {
        submit(List.of(request)).orThrow();
    }

    /**
     * Sends messages exactly as they are, in one datagram, and reads what the kernel has answered
     * by then: for protocols whose batches are transactions of their own and which answer before
     * the send returns (nfnetlink). Acknowledgements come only from messages with {@code
     * NLM_F_ACK}.
     */
    public synchronized BatchResult transact(List<? extends NetlinkRequest> requests)
            throws IOException {
        Collector collector = new Collector(requests);
        collector.begin(0, sequence);
        writer.reset();
        for (NetlinkRequest request : requests) {
            int _ = append(request, 0);
        }
        channel.send(writer);
        for (Optional<byte[]> datagram = channel.poll();
                datagram.isPresent();
                datagram = channel.poll()) {
            collector.add(datagram.get(), channel.port());
        }
        return collector.result();
    }

    /**
     * Asks for one object and returns the answer.
     *
     * @throws NetlinkException when the kernel refuses it, for instance since there is no such
     *     object
     */
    public NetlinkMessage get(NetlinkRequest request) throws IOException {
        BatchResult result = ask(request);
        result.orThrow();
        return answer(request, result);
    }

    /**
     * Asks for one object that may not be there.
     *
     * @param absent how the kernel says so
     * @throws NetlinkException when the kernel refuses it for another reason
     */
    public Optional<NetlinkMessage> find(NetlinkRequest request, Errno absent) throws IOException {
        BatchResult result = ask(request);
        for (BatchResult.Failure failure : result.failures()) {
            if (failure.error().errno() == absent.number()) {
                return Optional.empty();
            }
        }
        result.orThrow();
        return Optional.of(answer(request, result));
    }

    private static NetlinkMessage answer(NetlinkRequest request, BatchResult result)
            throws MalformedMessageException {
        if (result.replies().isEmpty()) {
            throw new MalformedMessageException(request + ": acknowledged without an answer");
        }
        return result.replies().getFirst().message();
    }

    private synchronized BatchResult ask(NetlinkRequest request) throws IOException {
        Collector collector = new Collector(List.of(request));
        collector.begin(0, sequence);
        writer.reset();
        int _ = append(request, 0);
        channel.send(writer);
        do {
            receive(collector, request);
        } while (collector.isEmpty());
        return collector.result();
    }

    /**
     * Lists objects. Repeats when the kernel says that the list changed meanwhile.
     *
     * @throws NetlinkException when the kernel refuses it
     * @throws DumpInterruptedException when the list kept changing; it carries what was read last
     */
    public synchronized <T> List<T> dump(NetlinkRequest request, MessageDecoder<T> decoder)
            throws IOException {
        List<T> values = List.of();
        for (int attempt = 0; attempt < DUMP_ATTEMPTS; attempt++) {
            Dump<T> dump = new Dump<>(request, decoder, sequence, channel.port());
            writer.reset();
            int _ = append(request, NetlinkMessage.NLM_F_DUMP);
            channel.send(writer);
            while (!dump.done()) {
                dump.add(answer(request));
            }
            values = dump.values();
            if (!dump.interrupted()) {
                return values;
            }
        }
        throw new DumpInterruptedException(request.toString(), DUMP_ATTEMPTS, values);
    }

    private int append(NetlinkRequest request, int moreFlags) {
        int flags = request.flags() | NetlinkMessage.NLM_F_REQUEST | moreFlags;
        int start = writer.beginMessage(request.type(), flags, sequence++, channel.port());
        request.writeTo(writer);
        writer.endMessage(start);
        return start;
    }

    private void receive(Collector collector, NetlinkRequest last) throws IOException {
        collector.add(answer(last), channel.port());
    }

    private byte[] answer(NetlinkRequest request) throws IOException {
        try {
            return channel.receive();
        } catch (LinuxException e) {
            if (e.is(Errno.EAGAIN)) {
                throw new LinuxException(
                        Errno.ETIMEDOUT.number(),
                        "netlink",
                        request + ": no answer from the kernel in time");
            }
            throw e;
        }
    }

    @Override
    public synchronized void close() {
        channel.close();
    }

    @Override
    public String toString() {
        return channel.toString();
    }

    /**
     * The bytes of a request as {@link #submit} would send it, for tests and traces; sequence and
     * port are zero.
     */
    public static byte[] encode(NetlinkRequest request) {
        MessageWriter writer = new MessageWriter();
        int flags = request.flags() | NetlinkMessage.NLM_F_REQUEST;
        int start = writer.beginMessage(request.type(), flags, 0, 0);
        request.writeTo(writer);
        writer.endMessage(start);
        return Arrays.copyOf(writer.array(), writer.length());
    }

    /** Sorts answers to the requests of a batch; answers to earlier requests are dropped. */
    private static final class Collector {
        private final List<? extends NetlinkRequest> requests;
        private final List<BatchResult.Failure> failures = new ArrayList<>();
        private final List<BatchResult.Reply> replies = new ArrayList<>();
        private int firstIndex;
        private int firstSequence;
        private int acknowledged = -1;

        Collector(List<? extends NetlinkRequest> requests) {
            this.requests = requests;
        }

        void begin(int index, int sequence) {
            firstIndex = index;
            firstSequence = sequence;
        }

        void add(byte[] datagram, int port) throws MalformedMessageException {
            for (NetlinkMessage message : NetlinkMessage.split(datagram)) {
                int index = firstIndex + message.sequence() - firstSequence;
                if (message.port() != port || index < firstIndex || index >= requests.size()) {
                    continue;
                }
                switch (message.type()) {
                    case NetlinkMessage.NLMSG_ERROR -> {
                        NetlinkError error = NetlinkError.decode(message);
                        acknowledged = Math.max(acknowledged, index);
                        if (error.errno() != 0) {
                            failures.add(
                                    new BatchResult.Failure(index, requests.get(index), error));
                        }
                    }
                    case NetlinkMessage.NLMSG_NOOP, NetlinkMessage.NLMSG_DONE -> {}
                    default -> replies.add(new BatchResult.Reply(index, message));
                }
            }
        }

        boolean acknowledged(int index) {
            return acknowledged >= index;
        }

        boolean isEmpty() {
            return acknowledged < 0 && replies.isEmpty();
        }

        BatchResult result() {
            return new BatchResult(List.copyOf(failures), List.copyOf(replies));
        }
    }
}
