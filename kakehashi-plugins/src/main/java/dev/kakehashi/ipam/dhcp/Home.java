package dev.kakehashi.ipam.dhcp;

import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.netns.NetnsId;

import java.nio.file.Path;

/** How a container's namespace is found again, long after ADD. */
sealed interface Home {

    /**
     * The namespace, for the caller to close.
     *
     * @throws LinuxException ENOENT, ENOTDIR or EINVAL when it is gone
     */
    Netns open() throws LinuxException;

    /** Where it is found; empty when only this process can. */
    String path();

    /** Lets go of what is held. */
    void close();

    /**
     * By its path, if that leads to it in this process, too: an open namespace would not end with
     * its container. Else the namespace is held.
     *
     * @param netns becomes owned
     */
    static Home of(Netns netns, Path path) {
        try {
            NetnsId there = Netns.id(path);
            if (there.equals(netns.id())) {
                netns.close();
                return new ByPath(path);
            }
        } catch (LinuxException e) {
            return new Held(netns);
        }
        return new Held(netns);
    }

    /** Found by a path. */
    record ByPath(Path file) implements Home {
        @Override
        public Netns open() throws LinuxException {
            return Netns.open(file);
        }

        @Override
        public String path() {
            return file.toString();
        }

        @Override
        public void close() {}
    }

    /** Held open. */
    record Held(Netns netns) implements Home {
        @Override
        public Netns open() throws LinuxException {
            return Netns.open(Path.of("/proc/self/fd/" + netns.fd().number()));
        }

        @Override
        public String path() {
            return "";
        }

        @Override
        public void close() {
            netns.close();
        }
    }
}
