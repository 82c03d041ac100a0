package dev.kakehashi.ipam.dhcp;

import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.netns.NetnsId;

import java.nio.file.Path;
import java.util.Optional;

/** How a container's namespace is found again, long after ADD. */
sealed interface Home {

    /**
     * The namespace, for the caller to close.
     *
     * @throws LinuxException ENOENT, ENOTDIR or EINVAL when it is gone
     */
    Netns open() throws LinuxException;

    /** Lets go of what is held. */
    void close();

    /**
     * By its path, or by a search; an open namespace would not end with its container. Only one
     * that neither leads to is held.
     *
     * @param netns becomes owned
     * @param path as the caller sees it
     */
    static Home of(Netns netns, Path path) throws LinuxException {
        Optional<Home> found = find(Place.of(netns, path));
        if (found.isPresent()) {
            netns.close();
            return found.get();
        }
        return new Held(netns);
    }

    /** How an earlier process's namespace is found; empty when it is gone or out of sight. */
    static Optional<Home> find(Place place) {
        Path path = Path.of(place.path());
        if (isAt(path, place.id())) {
            return Optional.of(new ByPath(path, place.id()));
        }
        return place.id().isPresent()
                        && NamespaceSearch.find(place.id().get(), place.path()).isPresent()
                ? Optional.of(new Sought(place.id().get(), place.path()))
                : Optional.empty();
    }

    private static boolean isAt(Path path, Optional<NetnsId> id) {
        try {
            NetnsId there = Netns.id(path);
            return id.isEmpty() || id.get().equals(there);
        } catch (LinuxException e) {
            return false;
        }
    }

    /**
     * Where a namespace is.
     *
     * @param path as the caller of ADD saw it
     * @param id which it is; empty when nobody wrote that down
     */
    record Place(String path, Optional<NetnsId> id) {
        static Place of(Netns netns, Path path) throws LinuxException {
            return new Place(path.toString(), Optional.of(netns.id()));
        }
    }

    private static Netns open(Path path, Optional<NetnsId> id) throws LinuxException {
        Netns netns = Netns.open(path);
        try {
            if (id.isEmpty() || id.get().equals(netns.id())) {
                return netns;
            }
        } catch (LinuxException e) {
            netns.close();
            throw e;
        }
        netns.close();
        throw gone(path + " is another namespace by now");
    }

    private static LinuxException gone(String why) {
        return new LinuxException(Errno.ENOENT.number(), "open network namespace", why);
    }

    /** Found by a path of this process's own. */
    record ByPath(Path path, Optional<NetnsId> id) implements Home {
        @Override
        public Netns open() throws LinuxException {
            return Home.open(path, id);
        }

        @Override
        public void close() {}
    }

    /** Found by whoever lives in it, or has a name for it. */
    record Sought(NetnsId id, String path) implements Home {
        @Override
        public Netns open() throws LinuxException {
            Optional<Path> found = NamespaceSearch.find(id, path);
            if (found.isEmpty()) {
                throw gone("no process is in " + id + ", and none has it at " + path);
            }
            return Home.open(found.get(), Optional.of(id));
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
        public void close() {
            netns.close();
        }
    }
}
