package dev.kakehashi.linux.unix;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.kakehashi.linux.Fd;
import dev.kakehashi.linux.SysSocket;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * A {@code struct msghdr} with one buffer and room for {@code SCM_RIGHTS} (recvmsg(2), cmsg(3),
 * 64-bit layout).
 */
final class SocketMessage {
    private static final int SCM_RIGHTS = 1;

    private static final int MSG_IOV = 16;
    private static final int MSG_IOVLEN = 24;
    private static final int MSG_CONTROL = 32;
    private static final int MSG_CONTROLLEN = 40;
    private static final int MSG_FLAGS = 48;
    private static final int MSGHDR = 56;
    private static final int IOVEC = 16;
    // struct cmsghdr: length, level, type; then the data.
    private static final int CMSG_LEVEL = 8;
    private static final int CMSG_TYPE = 12;
    private static final int CMSG_DATA = 16;

    private final MemorySegment header;
    private final MemorySegment control;
    private final MemorySegment data;

    SocketMessage(Arena arena, int dataLength, int descriptors) {
        int controlLength = descriptors == 0 ? 0 : CMSG_DATA + align(4 * descriptors);
        MemorySegment all = arena.allocate(MSGHDR + IOVEC + controlLength + (long) dataLength, 8);
        header = all.asSlice(0, MSGHDR);
        MemorySegment iovec = all.asSlice(MSGHDR, IOVEC);
        control = all.asSlice(MSGHDR + IOVEC, controlLength);
        data = all.asSlice(MSGHDR + IOVEC + controlLength, dataLength);
        iovec.set(JAVA_LONG, 0, data.address());
        iovec.set(JAVA_LONG, 8, dataLength);
        header.set(JAVA_LONG, MSG_IOV, iovec.address());
        header.set(JAVA_LONG, MSG_IOVLEN, 1);
        if (descriptors > 0) {
            header.set(JAVA_LONG, MSG_CONTROL, control.address());
            header.set(JAVA_LONG, MSG_CONTROLLEN, controlLength);
        }
    }

    MemorySegment header() {
        return header;
    }

    MemorySegment data() {
        return data;
    }

    /** Whether the kernel dropped descriptors for want of room. */
    boolean truncated() {
        return (header.get(JAVA_INT, MSG_FLAGS) & SysSocket.MSG_CTRUNC) != 0;
    }

    void putDescriptors(List<Fd> descriptors) {
        if (descriptors.isEmpty()) {
            return;
        }
        control.set(JAVA_LONG, 0, CMSG_DATA + 4L * descriptors.size());
        control.set(JAVA_INT, CMSG_LEVEL, SysSocket.SOL_SOCKET);
        control.set(JAVA_INT, CMSG_TYPE, SCM_RIGHTS);
        for (int i = 0; i < descriptors.size(); i++) {
            control.set(JAVA_INT, CMSG_DATA + 4L * i, descriptors.get(i).number());
        }
    }

    List<Fd> takeDescriptors() {
        List<Fd> descriptors = new ArrayList<>();
        long received = Math.min(header.get(JAVA_LONG, MSG_CONTROLLEN), control.byteSize());
        long at = 0;
        while (at + CMSG_DATA <= received) {
            long length = control.get(JAVA_LONG, at);
            if (length < CMSG_DATA || length > received - at) {
                break;
            }
            if (control.get(JAVA_INT, at + CMSG_LEVEL) == SysSocket.SOL_SOCKET
                    && control.get(JAVA_INT, at + CMSG_TYPE) == SCM_RIGHTS) {
                for (long i = at + CMSG_DATA; i + 4 <= at + length; i += 4) {
                    descriptors.add(Fd.own(control.get(JAVA_INT, i)));
                }
            }
            at += align((int) length);
        }
        return descriptors;
    }

    private static int align(int length) {
        return (length + 7) & ~7;
    }
}
