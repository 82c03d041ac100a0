package dev.kakehashi.linux;

import java.util.List;

/**
 * The structures of sendmsg(2) and recvmsg(2) with room for data and descriptors, one for each
 * thread: made once, because the JVM clears what it allocates.
 */
final class UnixMessage {
    private static final ThreadLocal<UnixMessage> OF_THREAD =
            ThreadLocal.withInitial(UnixMessage::new);

    private static final int DATA_SIZE = 16 * 1024;

    /** More than any protocol here sends; the kernel closes what does not fit. */
    private static final int DESCRIPTOR_LIMIT = 16;

    private static final int SCM_RIGHTS = 1;

    // struct msghdr and struct cmsghdr of linux/socket.h, on processors of 64 bits
    private static final int MSG_IOV = 16;
    private static final int MSG_IOVLEN = 24;
    private static final int MSG_CONTROL = 32;
    private static final int MSG_CONTROLLEN = 40;
    private static final int MSGHDR_SIZE = 56;
    private static final int IOVEC_SIZE = 16;
    private static final int CMSG_LEN = 0;
    private static final int CMSG_LEVEL = 8;
    private static final int CMSG_TYPE = 12;
    private static final int CMSG_DATA = 16;
    private static final int CONTROL_SIZE = CMSG_DATA + 4 * DESCRIPTOR_LIMIT;

    private final Struct message;
    private final Struct part;
    private final Struct control;
    private final Struct data;

    private UnixMessage() {
        message = Struct.allocate(MSGHDR_SIZE);
        part = Struct.allocate(IOVEC_SIZE);
        control = Struct.allocate(CONTROL_SIZE);
        data = Struct.allocate(DATA_SIZE);
        part.putLong(0, data.address());
        message.putLong(MSG_IOV, part.address());
        message.putLong(MSG_IOVLEN, 1);
    }

    static UnixMessage ofThread() {
        return OF_THREAD.get();
    }

    int receive(Fd socket, byte[] into, int offset, int length, List<Fd> descriptors)
            throws LinuxException {
        part.putLong(8, Math.min(length, DATA_SIZE));
        message.putLong(MSG_CONTROL, control.address());
        message.putLong(MSG_CONTROLLEN, CONTROL_SIZE);
        int n = SysSocket.recvmsg(socket, message, SysSocket.MSG_CMSG_CLOEXEC);
        own(descriptors);
        data.getBytes(0, into, offset, n);
        return n;
    }

    /** The kernel gives all descriptors of a message in one control message. */
    private void own(List<Fd> descriptors) {
        if (message.getLong(MSG_CONTROLLEN) < CMSG_DATA
                || control.getInt(CMSG_LEVEL) != SysSocket.SOL_SOCKET
                || control.getInt(CMSG_TYPE) != SCM_RIGHTS) {
            return;
        }
        int count = (int) (control.getLong(CMSG_LEN) - CMSG_DATA) / 4;
        for (int i = 0; i < count; i++) {
            descriptors.add(Fd.own(control.getInt(CMSG_DATA + 4 * i)));
        }
    }

    void send(Fd socket, byte[] bytes, List<Fd> descriptors) throws LinuxException {
        int sent = 0;
        while (sent < bytes.length) {
            int length = Math.min(bytes.length - sent, DATA_SIZE);
            data.putBytes(0, bytes, sent, length);
            part.putLong(8, length);
            attach(sent == 0 ? descriptors : List.of());
            sent += SysSocket.sendmsg(socket, message, 0);
        }
    }

    private void attach(List<Fd> descriptors) {
        if (descriptors.isEmpty()) {
            message.putLong(MSG_CONTROL, 0);
            message.putLong(MSG_CONTROLLEN, 0);
            return;
        }
        if (descriptors.size() > DESCRIPTOR_LIMIT) {
            throw new IllegalArgumentException(
                    descriptors.size() + " descriptors, " + DESCRIPTOR_LIMIT + " are possible");
        }
        int size = CMSG_DATA + 4 * descriptors.size();
        control.putLong(CMSG_LEN, size);
        control.putInt(CMSG_LEVEL, SysSocket.SOL_SOCKET);
        control.putInt(CMSG_TYPE, SCM_RIGHTS);
        for (int i = 0; i < descriptors.size(); i++) {
            control.putInt(CMSG_DATA + 4 * i, descriptors.get(i).number());
        }
        message.putLong(MSG_CONTROL, control.address());
        message.putLong(MSG_CONTROLLEN, (size + 7) & ~7);
    }
}
