package dev.kakehashi.linux.netlink;

import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.Fd;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.Memory;
import dev.kakehashi.linux.Struct;
import dev.kakehashi.linux.SysResource;
import dev.kakehashi.linux.SysSocket;
import dev.kakehashi.linux.netns.Netns;

import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;

/**
 * Listens to what happens in all the namespaces that one namespace has a number for, by a socket in
 * that one (NETLINK_LISTEN_ALL_NSID): none of the others is kept alive by it. On a thread of its
 * own. Equivalent to: {@code ip monitor all-nsid}.
 *
 * <p>An attachment makes some thirty messages, of which most are links of 1.5 kB. So it listens
 * fifty times a second at most, and reads of each message the beginning only.
 *
 * <p>Needs CAP_NET_BROADCAST over them.
 */
public final class PeerNetnsMonitor implements AutoCloseable {
    private static final int SOL_NETLINK = 270;
    private static final int NETLINK_ADD_MEMBERSHIP = 1;
    private static final int NETLINK_LISTEN_ALL_NSID = 8;

    /** What a few hundred attachments send while nobody listens. */
    private static final int RECEIVE_BUFFER = 1 << 23;

    private static final Duration GATHERING = Duration.ofMillis(20);

    /** Between two looks at whether it is to stop. */
    private static final int MOST_AT_ONCE = 1024;

    // struct sockaddr_nl, msghdr, iovec and cmsghdr, on processors of 64 bits
    private static final int SOCKADDR_NL = 12;
    private static final int MSG_IOV = 16;
    private static final int MSG_IOVLEN = 24;
    private static final int MSG_CONTROL = 32;
    private static final int MSG_CONTROLLEN = 40;
    private static final int MSGHDR_SIZE = 56;
    private static final int IOVEC_SIZE = 16;
    private static final int CMSG_LEVEL = 8;
    private static final int CMSG_TYPE = 12;
    private static final int CMSG_DATA = 16;
    private static final int CONTROL_SIZE = 64;

    /** Octets: addresses, neighbours and routes are whole, links are not. */
    static final int BEGINNING = 512;

    /** Hears it, on the monitor's thread; must not wait. */
    public interface Listener {
        /**
         * Something happened in the namespace with this number. The message may be cut behind
         * {@value PeerNetnsMonitor#BEGINNING} octets.
         */
        void happened(int nsid, NetlinkMessage message) throws MalformedMessageException;

        /** Something happened in the listener's own namespace; the message may be cut, too. */
        void happenedHere(NetlinkMessage message) throws MalformedMessageException;

        /** It begins, or some was lost: look at all. */
        void lost();

        /** Nothing can be heard for now; when it can again, {@link #lost} follows. */
        void failed(LinuxException failure);
    }

    private final MonitorThread thread;

    private PeerNetnsMonitor(MonitorThread thread) {
        this.thread = thread;
    }

    /**
     * Starts to listen.
     *
     * @param groups numbers of multicast groups of routing netlink, {@code RTNLGRP_*}
     */
    public static PeerNetnsMonitor start(Netns netns, List<Integer> groups, Listener listener)
            throws LinuxException {
        Netns home = netns.<Netns, LinuxException>call(Netns::current);
        boolean started = false;
        try {
            MonitorThread thread =
                    MonitorThread.start(
                            new Work(home, List.copyOf(groups), listener), "peer namespaces");
            started = true;
            return new PeerNetnsMonitor(thread);
        } finally {
            if (!started) {
                home.close();
            }
        }
    }

    private record Work(Netns home, List<Integer> groups, Listener listener)
            implements MonitorThread.Work {
        @Override
        public MonitorThread.Ear open() throws LinuxException {
            return Ear.open(home, groups, listener);
        }

        @Override
        public Duration gathering() {
            return GATHERING;
        }

        @Override
        public void begun() {
            stepBack();
            listener.lost();
        }

        /** What wakes this thread is an attachment in the making, which is not to wait for it. */
        private static void stepBack() {
            try {
                if (SysResource.nice(0) < 0) {
                    SysResource.setNice(0, 0);
                }
            } catch (LinuxException e) {
                // Where it may not be changed it listens all the same.
            }
        }

        @Override
        public void failed(LinuxException failure) {
            listener.failed(failure);
        }

        @Override
        public void ended() {
            home.close();
        }
    }

    /** A {@link NetlinkChannel} does not tell from which namespace a message is. */
    private static final class Ear implements MonitorThread.Ear {
        private final Fd socket;
        private final Listener listener;
        private final Struct message = Struct.allocate(MSGHDR_SIZE);
        private final Struct part = Struct.allocate(IOVEC_SIZE);
        private final Struct control = Struct.allocate(CONTROL_SIZE);
        private final Struct data = Struct.allocate(BEGINNING);

        private Ear(Fd socket, Listener listener) {
            this.socket = socket;
            this.listener = listener;
            part.putLong(0, data.address()).putLong(8, BEGINNING);
            message.putLong(MSG_IOV, part.address()).putLong(MSG_IOVLEN, 1);
        }

        static Ear open(Netns netns, List<Integer> groups, Listener listener)
                throws LinuxException {
            Fd socket =
                    netns.<Fd, LinuxException>call(() ->
                            SysSocket.socket(
                                    SysSocket.AF_NETLINK,
                                    SysSocket.SOCK_RAW,
                                    NetlinkProtocol.ROUTE.number()));
            boolean opened = false;
            try (Memory memory = Memory.open()) {
                Struct address = memory.struct(SOCKADDR_NL);
                address.putShort(0, (short) SysSocket.AF_NETLINK);
                SysSocket.setsockopt(
                        socket, SysSocket.SOL_SOCKET, SysSocket.SO_RCVBUFFORCE, RECEIVE_BUFFER);
                SysSocket.setsockopt(socket, SOL_NETLINK, NETLINK_LISTEN_ALL_NSID, 1);
                SysSocket.bind(socket, address);
                for (int group : groups) {
                    SysSocket.setsockopt(socket, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, group);
                }
                opened = true;
                return new Ear(socket, listener);
            } finally {
                if (!opened) {
                    socket.close();
                }
            }
        }

        @Override
        public Fd fd() {
            return socket;
        }

        @Override
        public void receive() throws LinuxException {
            try {
                for (int i = 0; i < MOST_AT_ONCE; i++) {
                    receiveOne();
                }
            } catch (LinuxException e) {
                if (e.is(Errno.ENOBUFS)) {
                    listener.lost();
                } else if (!e.is(Errno.EAGAIN)) {
                    throw e;
                }
            }
        }

        private void receiveOne() throws LinuxException {
            message.putLong(MSG_CONTROL, control.address());
            message.putLong(MSG_CONTROLLEN, CONTROL_SIZE);
            int length = SysSocket.recvmsg(socket, message, SysSocket.MSG_DONTWAIT);
            try {
                // The kernel sends each notification as a datagram of its own.
                NetlinkMessage heard = NetlinkMessage.beginning(data.toBytes(0, length));
                OptionalInt nsid = nsid(message, control);
                if (nsid.isPresent()) {
                    listener.happened(nsid.getAsInt(), heard);
                } else {
                    listener.happenedHere(heard);
                }
            } catch (MalformedMessageException e) {
                listener.lost();
            }
        }

        @Override
        public void close() {
            socket.close();
        }
    }

    /** What happens in the listener's own namespace comes without a number. */
    private static OptionalInt nsid(Struct message, Struct control) {
        return message.getLong(MSG_CONTROLLEN) >= CMSG_DATA + Integer.BYTES
                        && control.getInt(CMSG_LEVEL) == SOL_NETLINK
                        && control.getInt(CMSG_TYPE) == NETLINK_LISTEN_ALL_NSID
                ? OptionalInt.of(control.getInt(CMSG_DATA))
                : OptionalInt.empty();
    }

    /**
     * Stops listening; returns when the listener's current call has ended, unless it is the
     * listener that calls.
     */
    @Override
    public void close() throws LinuxException {
        thread.close();
    }
}
