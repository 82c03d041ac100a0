package dev.kakehashi.linux.rtnetlink;

import dev.kakehashi.linux.Fcntl;
import dev.kakehashi.linux.Fd;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.Memory;
import dev.kakehashi.linux.Struct;
import dev.kakehashi.linux.SysIoctl;

import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;

/** Makes and attaches to tun and tap links, which netlink cannot (linux/if_tun.h). */
public final class TunDevice {
    private static final int IFNAMSIZ = 16;
    private static final int IFREQ = 40;
    private static final int TUNSETIFF = 0x400454ca;
    private static final int TUNSETPERSIST = 0x400454cb;
    private static final int TUNSETOWNER = 0x400454cc;
    private static final int TUNSETGROUP = 0x400454ce;
    private static final int IFF_TUN = 0x1;
    private static final int IFF_TAP = 0x2;
    private static final int IFF_MULTI_QUEUE = 0x100;
    private static final int IFF_NO_PI = 0x1000;

    private TunDevice() {}

    /**
     * Attaches to the link of a name in the calling thread's namespace, made if it is not there.
     * The link goes with the descriptor unless {@link #persist} is called. Packets are read and
     * written without extra header ({@code IFF_NO_PI}).
     */
    public static Fd open(String name, boolean tap, boolean multiQueue) throws LinuxException {
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        if (text.length == 0 || text.length >= IFNAMSIZ) {
            throw new IllegalArgumentException("an interface name has 1 to 15 bytes: " + name);
        }
        Fd fd = Fcntl.open("/dev/net/tun", Fcntl.O_RDWR, 0);
        try (Memory memory = Memory.open()) {
            Struct ifreq = memory.struct(IFREQ);
            ifreq.putBytes(0, text);
            int flags = (tap ? IFF_TAP : IFF_TUN) | IFF_NO_PI | (multiQueue ? IFF_MULTI_QUEUE : 0);
            ifreq.putShort(IFNAMSIZ, (short) flags);
            int _ = SysIoctl.ioctl(fd, TUNSETIFF, ifreq, "TUNSETIFF " + name);
            return fd;
        } catch (LinuxException e) {
            fd.close();
            throw e;
        }
    }

    /**
     * Lets the link outlive the descriptor. Equivalent to: {@code ip tuntap add …}.
     *
     * @param owner the user who may attach besides root
     * @param group the group that may
     */
    public static void persist(Fd fd, OptionalInt owner, OptionalInt group) throws LinuxException {
        if (owner.isPresent()) {
            int _ = SysIoctl.ioctl(fd, TUNSETOWNER, owner.getAsInt(), "TUNSETOWNER");
        }
        if (group.isPresent()) {
            int _ = SysIoctl.ioctl(fd, TUNSETGROUP, group.getAsInt(), "TUNSETGROUP");
        }
        int _ = SysIoctl.ioctl(fd, TUNSETPERSIST, 1, "TUNSETPERSIST");
    }
}
