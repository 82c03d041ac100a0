package dev.kakehashi.linux.dbus;

import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A connection to a message bus (D-Bus specification). One call at a time; to be closed after a few
 * of them.
 */
public final class SystemBus implements AutoCloseable {
    /** Where the bus of a system listens (D-Bus specification, "System message bus"). */
    public static final String SOCKET = "/run/dbus/system_bus_socket";

    private static final String BUS = "org.freedesktop.DBus";
    private static final String BUS_PATH = "/org/freedesktop/DBus";

    /** As long as other libraries wait for an answer. */
    private static final long TIMEOUT_MILLIS = 25_000;

    private static final int MAX_LINE = 16_384;

    private final SocketChannel channel;
    private final Selector selector;
    private int serial;

    private SystemBus(SocketChannel channel, Selector selector) {
        this.channel = channel;
        this.selector = selector;
    }

    /**
     * Connects to a bus as the user of this process.
     *
     * @param socket where it listens, for example {@link #SOCKET}
     * @throws IOException when nobody listens there or refuses us
     */
    public static SystemBus connect(Path socket) throws IOException {
        SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        try {
            channel.configureBlocking(false);
            Selector selector = Selector.open();
            try {
                channel.register(selector, SelectionKey.OP_READ);
                SystemBus bus = new SystemBus(channel, selector);
                bus.authenticate();
                bus.call(BUS, BUS_PATH, BUS, "Hello");
                return bus;
            } catch (IOException | RuntimeException e) {
                selector.close();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** "Authentication Protocol", mechanism EXTERNAL: the socket says who we are. */
    private void authenticate() throws IOException {
        String user = Files.getAttribute(Path.of("/proc/self"), "unix:uid").toString();
        String id = HexFormat.of().formatHex(user.getBytes(StandardCharsets.US_ASCII));
        send("\0AUTH EXTERNAL " + id + "\r\n");
        String answer = line();
        if (!answer.startsWith("OK ")) {
            throw new IOException("the system bus does not let us in: " + answer.strip());
        }
        send("BEGIN\r\n");
    }

    private void send(String text) throws IOException {
        send(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
    }

    private void send(ByteBuffer bytes) throws IOException {
        long deadline = deadline();
        while (bytes.hasRemaining()) {
            if (channel.write(bytes) == 0) {
                await(SelectionKey.OP_WRITE, deadline);
            }
        }
    }

    private String line() throws IOException {
        long deadline = deadline();
        StringBuilder line = new StringBuilder();
        while (line.indexOf("\n") < 0) {
            if (line.length() > MAX_LINE) {
                throw new IOException("the system bus sent no line");
            }
            ByteBuffer one = ByteBuffer.allocate(1);
            read(one, deadline);
            line.append((char) one.get(0));
        }
        return line.toString();
    }

    private void read(ByteBuffer into, long deadline) throws IOException {
        while (into.hasRemaining()) {
            int count = channel.read(into);
            if (count < 0) {
                throw new EOFException("the system bus closed the connection");
            }
            if (count == 0) {
                await(SelectionKey.OP_READ, deadline);
            }
        }
    }

    private static long deadline() {
        return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MILLIS);
    }

    private void await(int operation, long deadline) throws IOException {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (left <= 0) {
            throw new IOException("no answer over the system bus for " + TIMEOUT_MILLIS + " ms");
        }
        for (SelectionKey key : selector.keys()) {
            key.interestOps(operation);
        }
        selector.select(left);
        selector.selectedKeys().clear();
    }

    /** Whether a service runs. */
    public boolean hasOwner(String name) throws IOException {
        return call(BUS, BUS_PATH, BUS, "NameHasOwner", name).contains(true);
    }

    /**
     * Calls a method whose arguments are texts.
     *
     * @return the texts and truth values that the answer begins with
     * @throws DbusException when the answer is an error
     * @throws IOException when there is none
     */
    public List<Object> call(
            String destination, String path, String iface, String member, String... arguments)
            throws IOException {
        serial++;
        send(DbusMessage.call(serial, destination, path, iface, member, List.of(arguments)));
        long deadline = deadline();
        while (true) {
            ByteBuffer start = ByteBuffer.allocate(DbusMessage.FIXED);
            read(start, deadline);
            ByteBuffer whole = ByteBuffer.allocate(DbusMessage.length(start));
            whole.put(start.flip());
            read(whole, deadline);
            DbusMessage.Answer answer = DbusMessage.read(whole.flip());
            if (answer.replySerial() != serial) {
                continue; // a signal
            }
            if (answer.type() == DbusMessage.ERROR) {
                String text =
                        answer.values().isEmpty() ? "" : answer.values().getFirst().toString();
                throw new DbusException(answer.errorName(), text);
            }
            return answer.values();
        }
    }

    @Override
    public void close() {
        try {
            selector.close();
        } catch (IOException e) {
            // Nothing depends on it.
        }
        try {
            channel.close();
        } catch (IOException e) {
            // Nothing depends on it.
        }
    }
}
