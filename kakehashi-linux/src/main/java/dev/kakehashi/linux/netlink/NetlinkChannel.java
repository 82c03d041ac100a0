package dev.kakehashi.linux.netlink;

import dev.kakehashi.linux.Fd;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.Memory;
import dev.kakehashi.linux.Struct;
import dev.kakehashi.linux.SysSocket;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** Datagrams to and from the kernel: the part of a netlink socket that knows no messages. */
final class NetlinkChannel implements AutoCloseable {
    private static final int SOL_NETLINK = 270;
    private static final int NETLINK_ADD_MEMBERSHIP = 1;
    private static final int NETLINK_CAP_ACK = 10;
    private static final int NETLINK_EXT_ACK = 11;
    private static final int NETLINK_GET_STRICT_CHK = 12;

    /** The receive buffer; room for a few thousand answers or notifications. */
    private static final int RECEIVE_BUFFER = 1 << 20;

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    // struct sockaddr_nl: family, padding, port, groups.
    private static final int SOCKADDR_NL = 12;
    private static final int NL_PID = 4;
    private static final int ADDRESS_LENGTH = 16;
    private static final int OPTION = 24;

    private static final AtomicLong RECEIVED = new AtomicLong();

    private final NetlinkProtocol protocol;
    private final Fd fd;
    private final Struct memory;
    private final Struct address;
    private final Struct addressLength;
    private final Struct option;
    private final Struct timeval;
    private final Struct data;
    private int port;
    private int sendBuffer = 200_000; // a little under the usual net.core.wmem_default

    private NetlinkChannel(NetlinkProtocol protocol, Fd fd, Struct memory) {
        this.protocol = protocol;
        this.fd = fd;
        this.memory = memory;
        this.address = memory.slice(0, SOCKADDR_NL);
        this.addressLength = memory.slice(ADDRESS_LENGTH, 4);
        this.option = memory.slice(OPTION, 4);
        this.timeval = memory.slice(0, 16); // in the place of the address
        this.data = memory.slice(NetlinkBuffers.HEAD, NetlinkBuffers.SIZE);
    }

    static NetlinkChannel open(NetlinkProtocol protocol) throws LinuxException {
        Fd fd = SysSocket.socket(SysSocket.AF_NETLINK, SysSocket.SOCK_RAW, protocol.number());
        NetlinkChannel channel = new NetlinkChannel(protocol, fd, NetlinkBuffers.take());
        try {
            channel.prepare();
            return channel;
        } catch (LinuxException e) {
            channel.close();
            throw e;
        }
    }

    private void prepare() throws LinuxException {
        address.clear().putShort(0, (short) SysSocket.AF_NETLINK);
        SysSocket.bind(fd, address);
        SysSocket.getsockname(fd, address);
        port = address.getInt(NL_PID);
        option(SOL_NETLINK, NETLINK_CAP_ACK, 1);
        option(SOL_NETLINK, NETLINK_EXT_ACK, 1);
        option(SOL_NETLINK, NETLINK_GET_STRICT_CHK, 1);
        try {
            option(SysSocket.SOL_SOCKET, SysSocket.SO_RCVBUFFORCE, RECEIVE_BUFFER);
        } catch (LinuxException e) {
            // Without CAP_NET_ADMIN the limit of net.core.rmem_max has to do.
            option(SysSocket.SOL_SOCKET, SysSocket.SO_RCVBUF, RECEIVE_BUFFER);
        }
        receiveTimeout(TIMEOUT);
    }

    /** How many bytes all channels of this process have received. */
    static long received() {
        return RECEIVED.get();
    }

    /** Zero waits without end. */
    void receiveTimeout(Duration timeout) throws LinuxException {
        // struct timeval: seconds and microseconds, both long on 64-bit Linux.
        timeval.putLong(0, timeout.getSeconds());
        timeval.putLong(8, timeout.getNano() / 1000);
        SysSocket.setsockopt(fd, SysSocket.SOL_SOCKET, SysSocket.SO_RCVTIMEO, timeval);
    }

    /** Joins a multicast group, RTNLGRP_* or NFNLGRP_*. */
    void join(int group) throws LinuxException {
        option(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, group);
    }

    private void option(int level, int name, int value) throws LinuxException {
        option.putInt(0, value);
        SysSocket.setsockopt(fd, level, name, option);
    }

    Fd fd() {
        return fd;
    }

    int port() {
        return port;
    }

    /** Sends all that is written, as one datagram to the kernel. */
    void send(MessageWriter writer) throws LinuxException {
        int length = writer.length();
        if (length > sendBuffer) {
            // The kernel refuses datagrams larger than the buffer (EMSGSIZE).
            option(SysSocket.SOL_SOCKET, SysSocket.SO_SNDBUFFORCE, length + 4096);
            sendBuffer = length;
        }
        if (length <= data.size()) {
            send(writer, data);
        } else {
            try (Memory memory = Memory.open()) {
                send(writer, memory.struct(length));
            }
        }
    }

    private void send(MessageWriter writer, Struct memory) throws LinuxException {
        int length = writer.length();
        memory.putBytes(0, writer.array(), 0, length);
        // Without an address it goes to the kernel: port 0.
        SysSocket.send(fd, memory, length, 0);
    }

    /**
     * Waits for the next datagram from the kernel.
     *
     * @throws LinuxException with EAGAIN when it did not come in time, with ENOBUFS when some were
     *     lost
     */
    byte[] receive() throws LinuxException, MalformedMessageException {
        while (true) {
            addressLength.putInt(0, SOCKADDR_NL);
            int length = SysSocket.recvfrom(fd, data, SysSocket.MSG_TRUNC, address, addressLength);
            if (isFromKernel()) {
                return datagram(length);
            }
        }
    }

    /** The next datagram if there is one already. */
    Optional<byte[]> poll() throws LinuxException, MalformedMessageException {
        while (true) {
            addressLength.putInt(0, SOCKADDR_NL);
            int length =
                    SysSocket.recvfromNow(fd, data, SysSocket.MSG_TRUNC, address, addressLength);
            if (length == SysSocket.NOTHING_YET) {
                return Optional.empty();
            }
            if (isFromKernel()) {
                return Optional.of(datagram(length));
            }
        }
    }

    /** Whether what was received last did not come from another process. */
    private boolean isFromKernel() {
        return address.getInt(NL_PID) == 0;
    }

    private byte[] datagram(int length) throws MalformedMessageException {
        if (length > data.size()) {
            throw new MalformedMessageException(
                    "a netlink message of "
                            + length
                            + " bytes is larger than any that was asked for");
        }
        RECEIVED.addAndGet(length);
        byte[] datagram = new byte[length];
        data.getBytes(0, datagram, 0, length);
        return datagram;
    }

    @Override
    public void close() {
        if (fd.isOpen()) {
            fd.close();
            NetlinkBuffers.giveBack(memory);
        }
    }

    @Override
    public String toString() {
        return "netlink " + protocol + " socket at " + fd;
    }
}
