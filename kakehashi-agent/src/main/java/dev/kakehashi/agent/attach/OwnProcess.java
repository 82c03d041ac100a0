package dev.kakehashi.agent.attach;

import dev.kakehashi.linux.Fcntl;
import dev.kakehashi.linux.Fd;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.SysStat;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.netns.NetnsId;

/**
 * Where this process itself lives: what a requester's descriptors are compared with.
 *
 * @param netns its network namespace
 * @param netnsId of that namespace
 * @param rootMount the mount of its root directory, -1 when the kernel does not tell
 */
record OwnProcess(Netns netns, NetnsId netnsId, long rootMount) implements AutoCloseable {
    static OwnProcess look() throws LinuxException {
        Netns netns = Netns.current();
        try (Fd root = Fcntl.open("/", Fcntl.O_PATH, 0)) {
            return new OwnProcess(netns, netns.id(), SysStat.mountId(root).orElse(-1));
        } catch (LinuxException e) {
            netns.close();
            throw e;
        }
    }

    /** This process's own host. */
    Domain domain() {
        return new Domain(true, rootMount, netnsId.device(), netnsId.inode());
    }

    @Override
    public void close() {
        netns.close();
    }
}
