package dev.kakehashi.linux.netlink;

import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.Fd;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.Memory;
import dev.kakehashi.linux.Poll;
import dev.kakehashi.linux.Struct;
import dev.kakehashi.linux.SysEventfd;
import dev.kakehashi.linux.SysSocket;
import dev.kakehashi.linux.netns.Netns;

import java.util.List;
import java.util.OptionalInt;

/**
 * Listens to what happens in all the namespaces that one namespace has a number for, by a socket in
 * that one (NETLINK_LISTEN_ALL_NSID): none of the others is kept alive by it. On a thread of its
 * own. Equivalent to: {@code ip monitor all-nsid}.
 *
 * <p>Needs CAP_NET_BROADCAST over them.
 */
public final class PeerNetnsMonitor implements AutoCloseable {
    private static final int SOL_NETLINK = 270;
    private static final int NETLINK_ADD_MEMBERSHIP = 1;
    private static final int NETLINK_LISTEN_ALL_NSID = 8;
    private static final int RECEIVE_BUFFER = 1 << 20;
    private static final int DATA = 1 << 15;

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
    private static final int NLMSG_TYPE = 4;

    /** Hears it, on the monitor's thread; must not wait. */
    public interface Listener {
        /**
         * Something of this kind happened.
         *
         * @param nsid the number of the namespace
         * @param type of the first message, {@code RTM_*} of linux/rtnetlink.h
         */
        void happened(int nsid, int type);

        /** Something happened in the listener's own namespace. */
        void happenedHere(NetlinkMessage message) throws MalformedMessageException;

        /** Some was lost, or nothing can be heard any more: look at all. */
        void lost();
    }

    private final Fd socket;
    private final Fd stop;
    private final Listener listener;
    private final Thread thread;

    private PeerNetnsMonitor(Fd socket, Fd stop, Listener listener) {
        this.socket = socket;
        this.stop = stop;
        this.listener = listener;
        this.thread = Thread.ofPlatform().daemon().name("peer namespaces").unstarted(this::run);
    }

    /**
     * Starts to listen.
     *
     * @param groups numbers of multicast groups of routing netlink, {@code RTNLGRP_*}
     */
    public static PeerNetnsMonitor start(Netns netns, List<Integer> groups, Listener listener)
            throws LinuxException {
        Fd socket =
                netns.<Fd, LinuxException>call(() ->
                        SysSocket.socket(
                                SysSocket.AF_NETLINK,
                                SysSocket.SOCK_RAW,
                                NetlinkProtocol.ROUTE.number()));
        boolean started = false;
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
            PeerNetnsMonitor monitor = new PeerNetnsMonitor(socket, SysEventfd.create(), listener);
            monitor.thread.start();
            started = true;
            return monitor;
        } finally {
            if (!started) {
                socket.close();
            }
        }
    }

    private void run() {
        try (Memory memory = Memory.open()) {
            Struct message = memory.struct(MSGHDR_SIZE);
            Struct part = memory.struct(IOVEC_SIZE);
            Struct control = memory.struct(CONTROL_SIZE);
            Struct data = memory.buffer(DATA);
            part.putLong(0, data.address()).putLong(8, DATA);
            message.putLong(MSG_IOV, part.address()).putLong(MSG_IOVLEN, 1);
            listener.lost();
            while (!Poll.either(stop, socket)) {
                message.putLong(MSG_CONTROL, control.address());
                message.putLong(MSG_CONTROLLEN, CONTROL_SIZE);
                receive(message, control, data);
            }
        } catch (LinuxException e) {
            listener.lost();
        } finally {
            socket.close();
            synchronized (stop) {
                stop.close();
            }
        }
    }

    private void receive(Struct message, Struct control, Struct data) throws LinuxException {
        try {
            int length = SysSocket.recvmsg(socket, message, SysSocket.MSG_DONTWAIT);
            OptionalInt nsid = nsid(message, control);
            if (nsid.isPresent() && length > NLMSG_TYPE + 1) {
                listener.happened(nsid.getAsInt(), data.getShort(NLMSG_TYPE) & 0xffff);
            } else if (nsid.isEmpty()) {
                for (NetlinkMessage one : NetlinkMessage.split(data.toBytes(0, length))) {
                    listener.happenedHere(one);
                }
            }
        } catch (MalformedMessageException e) {
            listener.lost();
        } catch (LinuxException e) {
            if (e.is(Errno.ENOBUFS)) {
                listener.lost();
            } else if (!e.is(Errno.EAGAIN)) {
                throw e;
            }
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

    @Override
    public void close() throws LinuxException {
        synchronized (stop) {
            if (stop.isOpen()) {
                SysEventfd.signal(stop);
            }
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
