package dev.kakehashi.linux.conntrack;

import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.netlink.BatchResult;
import dev.kakehashi.linux.netlink.MessageWriter;
import dev.kakehashi.linux.netlink.NetlinkProtocol;
import dev.kakehashi.linux.netlink.NetlinkRequest;
import dev.kakehashi.linux.netlink.NetlinkSocket;
import dev.kakehashi.linux.netns.Netns;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The connections that a namespace tracks. Entries outlive the rules that made them: whoever
 * changes address translation removes those that would keep sending packets the old way.
 */
public final class Conntrack implements AutoCloseable {
    private static final int AF_UNSPEC = 0;

    private final NetlinkSocket socket;

    private Conntrack(NetlinkSocket socket) {
        this.socket = socket;
    }

    /** Works in a namespace. */
    public static Conntrack open(Netns netns) throws LinuxException {
        return new Conntrack(NetlinkSocket.open(netns, NetlinkProtocol.NETFILTER));
    }

    /** All connections. Equivalent to: {@code conntrack -L}, both families. */
    public List<ConntrackEntry> entries() throws IOException {
        return socket.dump(new Listing(), ConntrackCodec::decode);
    }

    /**
     * Removes the connections that began towards a port, e.g. after the port's forwarding has
     * changed. Equivalent to: {@code conntrack -D -p $protocol --dport $port}.
     *
     * @return how many
     */
    public int deleteByOriginalDestination(int protocol, int port) throws IOException {
        return delete(entry -> entry.beganTo(protocol, port));
    }

    /**
     * Removes the connections of an address, before or after translation, e.g. when it is given to
     * somebody else. Equivalent to: {@code conntrack -D} with {@code -s}, {@code -d}, {@code -r}
     * and {@code -q} in turn.
     *
     * @return how many
     */
    public int deleteByAddress(InetAddress address) throws IOException {
        return delete(entry -> entry.involves(address));
    }

    /**
     * Removes the connections that a test picks.
     *
     * @return how many; those that ended by themselves meanwhile do not count
     */
    public int delete(Predicate<ConntrackEntry> which) throws IOException {
        List<Deletion> deletions = new ArrayList<>();
        for (ConntrackEntry entry : entries()) {
            if (which.test(entry)) {
                deletions.add(new Deletion(entry));
            }
        }
        BatchResult result = socket.submit(deletions);
        int gone = 0;
        for (BatchResult.Failure failure : result.failures()) {
            if (failure.error().errno() != Errno.ENOENT.number()) {
                throw failure.toException();
            }
            gone++;
        }
        return deletions.size() - gone;
    }

    private record Listing() implements NetlinkRequest {
        @Override
        public int type() {
            return ConntrackCodec.IPCTNL_MSG_CT_GET;
        }

        @Override
        public int flags() {
            return 0;
        }

        @Override
        public void writeTo(MessageWriter writer) {
            ConntrackCodec.writeHeader(writer, AF_UNSPEC);
        }

        @Override
        public String toString() {
            return "conntrack -L";
        }
    }

    private record Deletion(ConntrackEntry entry) implements NetlinkRequest {
        @Override
        public int type() {
            return ConntrackCodec.IPCTNL_MSG_CT_DELETE;
        }

        @Override
        public int flags() {
            return 0;
        }

        @Override
        public void writeTo(MessageWriter writer) {
            ConntrackCodec.writeIdentity(writer, entry);
        }

        @Override
        public String toString() {
            return "conntrack -D " + entry.original();
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
