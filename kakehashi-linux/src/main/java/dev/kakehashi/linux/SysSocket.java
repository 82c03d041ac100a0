package dev.kakehashi.linux;

import java.lang.ref.Reference;

/** {@code <sys/socket.h>}: what the socket classes of this library are built from. */
public final class SysSocket {
    public static final int AF_UNSPEC = 0;
    public static final int AF_UNIX = 1;
    public static final int AF_INET = 2;
    public static final int AF_BRIDGE = 7;
    public static final int AF_INET6 = 10;
    public static final int AF_NETLINK = 16;
    public static final int AF_PACKET = 17;

    public static final int SOCK_STREAM = 1;
    public static final int SOCK_DGRAM = 2;
    public static final int SOCK_RAW = 3;
    public static final int SOCK_NONBLOCK = 0x800;
    public static final int SOCK_CLOEXEC = 0x80000;

    public static final int SOL_SOCKET = 1;
    public static final int SO_SNDBUF = 7;
    public static final int SO_RCVBUF = 8;
    public static final int SO_PEERCRED = 17;
    public static final int SO_RCVTIMEO = 20;
    public static final int SO_SNDTIMEO = 21;
    public static final int SO_ACCEPTCONN = 30;
    public static final int SO_SNDBUFFORCE = 32;
    public static final int SO_RCVBUFFORCE = 33;

    public static final int MSG_PEEK = 2;
    public static final int MSG_TRUNC = 0x20;
    public static final int MSG_DONTWAIT = 0x40;
    public static final int MSG_NOSIGNAL = 0x4000;
    public static final int MSG_CMSG_CLOEXEC = 0x40000000;

    private static final long SOCKET = CLibrary.function("socket");
    private static final long BIND = CLibrary.function("bind");
    private static final long GETSOCKNAME = CLibrary.function("getsockname");
    private static final long SETSOCKOPT = CLibrary.function("setsockopt");
    private static final long GETSOCKOPT = CLibrary.function("getsockopt");
    private static final long SENDTO = CLibrary.function("sendto");
    private static final long RECVFROM = CLibrary.function("recvfrom");

    private static final long LISTEN = CLibrary.function("listen");
    private static final long ACCEPT4 = CLibrary.function("accept4");
    private static final long CONNECT = CLibrary.function("connect");
    private static final long SHUTDOWN = CLibrary.function("shutdown");
    private static final long SENDMSG = CLibrary.function("sendmsg");
    private static final long RECVMSG = CLibrary.function("recvmsg");
    private static final int SHUT_RDWR = 2;

    /** What {@link #recvfromNow} says when nothing has come. */
    public static final int NOTHING_YET = -1;

    private SysSocket() {}

    /** A new socket in the calling thread's network namespace; {@code SOCK_CLOEXEC} is added. */
    public static Fd socket(int family, int type, int protocol) throws LinuxException {
        int fd = (int) CLibrary.call(SOCKET, family, type | SOCK_CLOEXEC, protocol);
        if (fd < 0) {
            throw new LinuxException(
                    CLibrary.errno(),
                    "socket",
                    "family " + family + ", type " + type + ", protocol " + protocol);
        }
        return Fd.own(fd);
    }

    /** Binds to a {@code sockaddr} structure. */
    public static void bind(Fd socket, Struct address) throws LinuxException {
        long r;
        try {
            r = CLibrary.call(BIND, socket.number(), address.address(), address.size());
        } finally {
            Reference.reachabilityFence(address);
        }
        if ((int) r < 0) {
            throw new LinuxException(CLibrary.errno(), "bind", socket.toString());
        }
    }

    /** Fills {@code address} with the name of the socket. */
    public static void getsockname(Fd socket, Struct address) throws LinuxException {
        try (Memory memory = Memory.open()) {
            Struct length = memory.struct(Integer.BYTES).putInt(0, address.size());
            long r;
            try {
                r =
                        CLibrary.call(
                                GETSOCKNAME, socket.number(), address.address(), length.address());
            } finally {
                Reference.reachabilityFence(address);
            }
            if ((int) r < 0) {
                throw new LinuxException(CLibrary.errno(), "getsockname", socket.toString());
            }
        }
    }

    /** Sets an option that is a structure. */
    public static void setsockopt(Fd socket, int level, int option, Struct value)
            throws LinuxException {
        long r;
        try {
            r =
                    CLibrary.call(
                            SETSOCKOPT,
                            socket.number(),
                            level,
                            option,
                            value.address(),
                            value.size());
        } finally {
            Reference.reachabilityFence(value);
        }
        if ((int) r < 0) {
            throw new LinuxException(
                    CLibrary.errno(),
                    "setsockopt",
                    socket + ", level " + level + ", option " + option);
        }
    }

    /** Sets an option that is an {@code int}. */
    public static void setsockopt(Fd socket, int level, int option, int value)
            throws LinuxException {
        try (Memory memory = Memory.open()) {
            setsockopt(socket, level, option, memory.struct(Integer.BYTES).putInt(0, value));
        }
    }

    /** Fills {@code value} with an option that is a structure. */
    public static void getsockopt(Fd socket, int level, int option, Struct value)
            throws LinuxException {
        try (Memory memory = Memory.open()) {
            Struct length = memory.struct(Integer.BYTES).putInt(0, value.size());
            long r;
            try {
                r =
                        CLibrary.call(
                                GETSOCKOPT,
                                socket.number(),
                                level,
                                option,
                                value.address(),
                                length.address());
            } finally {
                Reference.reachabilityFence(value);
            }
            if ((int) r < 0) {
                throw new LinuxException(
                        CLibrary.errno(),
                        "getsockopt",
                        socket + ", level " + level + ", option " + option);
            }
        }
    }

    /** Sends the first {@code length} bytes of {@code buffer}. Retried after a signal. */
    public static int send(Fd socket, Struct buffer, int length, int flags) throws LinuxException {
        return send(socket, buffer, length, flags, 0, 0);
    }

    /** As {@link #send(Fd, Struct, int, int)}, to a {@code sockaddr} structure. */
    public static int sendto(Fd socket, Struct buffer, int length, int flags, Struct address)
            throws LinuxException {
        try {
            return send(socket, buffer, length, flags, address.address(), address.size());
        } finally {
            Reference.reachabilityFence(address);
        }
    }

    private static int send(
            Fd socket, Struct buffer, int length, int flags, long address, int addressLength)
            throws LinuxException {
        while (true) {
            long n;
            try {
                n =
                        CLibrary.call(
                                SENDTO,
                                socket.number(),
                                buffer.address(),
                                length,
                                flags | MSG_NOSIGNAL,
                                address,
                                addressLength);
            } finally {
                Reference.reachabilityFence(buffer);
            }
            if (n >= 0) {
                return (int) n;
            }
            int errno = CLibrary.errno();
            if (errno != Errno.EINTR.number()) {
                throw new LinuxException(errno, "sendto", socket + ", " + length + " bytes");
            }
        }
    }

    /**
     * Receives into {@code buffer} and returns the length, with {@link #MSG_TRUNC} of the whole
     * datagram even where it was longer than the buffer. Retried after a signal.
     */
    public static int recv(Fd socket, Struct buffer, int flags) throws LinuxException {
        return recv(socket, buffer, flags, 0, 0);
    }

    /**
     * As {@link #recv(Fd, Struct, int)}, and from whom.
     *
     * @param address where to put the sender's address
     * @param addressLength an {@code int} that holds the size of {@code address}
     */
    public static int recvfrom(
            Fd socket, Struct buffer, int flags, Struct address, Struct addressLength)
            throws LinuxException {
        try {
            return recv(socket, buffer, flags, address.address(), addressLength.address());
        } finally {
            Reference.reachabilityFence(address);
            Reference.reachabilityFence(addressLength);
        }
    }

    /**
     * As {@link #recvfrom}, of what is there already: an exception, with the stack of whoever asks,
     * takes longer than the call.
     *
     * @return the length; {@link #NOTHING_YET} when nothing has come
     */
    public static int recvfromNow(
            Fd socket, Struct buffer, int flags, Struct address, Struct addressLength)
            throws LinuxException {
        try {
            return received(
                    socket,
                    buffer,
                    flags | MSG_DONTWAIT,
                    address.address(),
                    addressLength.address());
        } finally {
            Reference.reachabilityFence(address);
            Reference.reachabilityFence(addressLength);
        }
    }

    private static int recv(Fd socket, Struct buffer, int flags, long address, long addressLength)
            throws LinuxException {
        int length = received(socket, buffer, flags, address, addressLength);
        if (length == NOTHING_YET) {
            throw failure(Errno.EAGAIN.number(), socket);
        }
        return length;
    }

    private static LinuxException failure(int errno, Fd socket) {
        return new LinuxException(errno, "recvfrom", socket.toString());
    }

    private static int received(
            Fd socket, Struct buffer, int flags, long address, long addressLength)
            throws LinuxException {
        while (true) {
            long n;
            try {
                n =
                        CLibrary.call(
                                RECVFROM,
                                socket.number(),
                                buffer.address(),
                                buffer.size(),
                                flags,
                                address,
                                addressLength);
            } finally {
                Reference.reachabilityFence(buffer);
            }
            if (n >= 0) {
                return (int) n;
            }
            int errno = CLibrary.errno();
            if (errno == Errno.EAGAIN.number()) {
                return NOTHING_YET;
            }
            if (errno != Errno.EINTR.number()) {
                throw failure(errno, socket);
            }
        }
    }

    /** Lets a bound stream socket take connections. */
    public static void listen(Fd socket, int backlog) throws LinuxException {
        if ((int) CLibrary.call(LISTEN, socket.number(), backlog) < 0) {
            throw new LinuxException(CLibrary.errno(), "listen", socket.toString());
        }
    }

    /** Waits for a connection; {@code SOCK_CLOEXEC} is set on it. Retried after a signal. */
    public static Fd accept(Fd socket) throws LinuxException {
        while (true) {
            int fd = (int) CLibrary.call(ACCEPT4, socket.number(), 0, 0, SOCK_CLOEXEC);
            if (fd >= 0) {
                return Fd.own(fd);
            }
            int errno = CLibrary.errno();
            if (errno != Errno.EINTR.number()) {
                throw new LinuxException(errno, "accept4", socket.toString());
            }
        }
    }

    /** Connects to a {@code sockaddr} structure. */
    public static void connect(Fd socket, Struct address, String name) throws LinuxException {
        long r;
        try {
            r = CLibrary.call(CONNECT, socket.number(), address.address(), address.size());
        } finally {
            Reference.reachabilityFence(address);
        }
        if ((int) r < 0) {
            throw new LinuxException(CLibrary.errno(), "connect", name);
        }
    }

    /** Ends both directions, which also wakes the threads that wait on the socket. */
    public static void shutdown(Fd socket) throws LinuxException {
        if ((int) CLibrary.call(SHUTDOWN, socket.number(), SHUT_RDWR) < 0) {
            throw new LinuxException(CLibrary.errno(), "shutdown", socket.toString());
        }
    }

    /** Sends what a {@code struct msghdr} describes. Retried after a signal. */
    public static int sendmsg(Fd socket, Struct message, int flags) throws LinuxException {
        return message(SENDMSG, "sendmsg", socket, message, flags | MSG_NOSIGNAL);
    }

    /**
     * Receives into what a {@code struct msghdr} describes; 0 at the end of a stream. Retried after
     * a signal.
     */
    public static int recvmsg(Fd socket, Struct message, int flags) throws LinuxException {
        return message(RECVMSG, "recvmsg", socket, message, flags);
    }

    private static int message(long function, String name, Fd socket, Struct message, int flags)
            throws LinuxException {
        while (true) {
            long n;
            try {
                n = CLibrary.call(function, socket.number(), message.address(), flags);
            } finally {
                Reference.reachabilityFence(message);
            }
            if (n >= 0) {
                return (int) n;
            }
            int errno = CLibrary.errno();
            if (errno != Errno.EINTR.number()) {
                throw new LinuxException(errno, name, socket.toString());
            }
        }
    }
}
