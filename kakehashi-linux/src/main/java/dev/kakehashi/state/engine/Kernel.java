package dev.kakehashi.state.engine;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.nft.KernelNft;
import dev.kakehashi.linux.nft.Nft;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.linux.sysctl.SysctlTree;
import dev.kakehashi.state.NamespaceId;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The namespaces that an engine works in. Those that are its home have sockets that stay open; into
 * others it goes for one piece of work at a time and leaves nothing behind, since an open socket
 * would keep the namespace of a dead pod alive, or it works with a socket that is lent to it.
 */
final class Kernel {
    private final Map<NamespaceId, Home> homes;
    private final Map<NamespaceId, Guest> guests;

    /** Work inside a namespace. */
    @FunctionalInterface
    interface Work<T> {
        T run(RtNetlink netlink) throws IOException;
    }

    /** A namespace for one piece of work; with the caller's socket, if it has one. */
    record Guest(Netns netns, Optional<RtNetlink> netlink) {}

    Kernel(Map<NamespaceId, Home> homes, Map<NamespaceId, Guest> guests) {
        this.homes = homes;
        this.guests = guests;
    }

    Kernel with(NamespaceId namespace, Guest guest) {
        Map<NamespaceId, Guest> more = new HashMap<>(guests);
        more.put(namespace, guest);
        return new Kernel(homes, more);
    }

    boolean has(NamespaceId namespace) {
        return guests.containsKey(namespace) || homes.containsKey(namespace);
    }

    Optional<Home> home(NamespaceId namespace) {
        return guests.containsKey(namespace)
                ? Optional.empty()
                : Optional.ofNullable(homes.get(namespace));
    }

    /**
     * The handle of a namespace.
     *
     * @throws IllegalArgumentException if the engine knows none of this name
     */
    Netns netns(NamespaceId namespace) {
        Guest guest = guests.get(namespace);
        if (guest != null) {
            return guest.netns();
        }
        Home home = homes.get(namespace);
        if (home == null) {
            throw new IllegalArgumentException(
                    "the engine knows no namespace \"" + namespace + "\"");
        }
        return home.netns();
    }

    /** Has links deleted that were seen on their way out while nobody was about to do so. */
    void reapLeft(ObservedState observed) {
        for (Map.Entry<NamespaceId, Home> home : homes.entrySet()) {
            if (home.getValue().reaper().isBusy()) {
                continue;
            }
            for (ObservedLink link : observed.in(home.getKey()).links()) {
                if (link.isOnItsWayOut()) {
                    home.getValue().reaper().schedule();
                    break;
                }
            }
        }
    }

    /**
     * Waits for links on their way out; false if there were none, or they take too long. Their far
     * ends, in namespaces that nobody looks at when they go, keep their names until then.
     */
    boolean awaitReaped(Duration timeout) throws IOException {
        boolean waited = false;
        for (Home home : homes.values()) {
            if (home.reaper().isBusy()) {
                try {
                    waited |= home.reaper().await(timeout);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new InterruptedIOException("interrupted while links were deleted");
                }
            }
        }
        return waited;
    }

    /** The nftables of a namespace. */
    Nft nft(NamespaceId namespace) throws IOException {
        Optional<Home> home = home(namespace);
        return home.isPresent() ? home.get().nft() : KernelNft.of(netns(namespace));
    }

    /** Where threads in a namespace find its switches. */
    SysctlTree switches(NamespaceId namespace) throws IOException {
        Optional<Home> home = home(namespace);
        return home.isPresent() ? home.get().switches() : SysctlTree.ALL;
    }

    /** Talks to a namespace over netlink, from wherever the calling thread is. */
    <T> T talk(NamespaceId namespace, Work<T> work) throws IOException {
        Optional<Home> home = home(namespace);
        if (home.isPresent()) {
            return home.get().talk(work);
        }
        Optional<RtNetlink> lent = lent(namespace);
        return lent.isPresent() ? work.run(lent.get()) : enter(namespace, work);
    }

    /** Works on a thread that is inside a namespace, which files below /proc/sys need. */
    <T> T enter(NamespaceId namespace, Work<T> work) throws IOException {
        Optional<Home> home = home(namespace);
        if (home.isPresent()) {
            return home.get().netns().<T, IOException>call(() -> home.get().talk(work));
        }
        Optional<RtNetlink> lent = lent(namespace);
        return netns(namespace)
                .<T, IOException>call(() -> {
                    if (lent.isPresent()) {
                        return work.run(lent.get());
                    }
                    try (RtNetlink netlink = RtNetlink.open()) {
                        return work.run(netlink);
                    }
                });
    }

    private Optional<RtNetlink> lent(NamespaceId namespace) {
        return Optional.ofNullable(guests.get(namespace)).flatMap(Guest::netlink);
    }
}
