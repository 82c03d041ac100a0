package dev.kakehashi.linux.rtnetlink;

import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.netns.Netns;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Open sockets of a namespace for work of several threads at once. A socket serves one request
 * after the other, so that a quick look would wait behind another thread's slow change; and making
 * one costs ten system calls.
 *
 * <p>Open sockets keep the namespace alive: for the namespaces of nodes, not of pods.
 */
public final class RtNetlinkPool implements AutoCloseable {
    /** More than these wait for work in vain. */
    private static final int IDLE_LIMIT = 8;

    private final Netns netns;
    private final Deque<RtNetlink> idle = new ArrayDeque<>();
    private final Set<Integer> ports = ConcurrentHashMap.newKeySet();
    private boolean closed;

    private RtNetlinkPool(Netns netns) {
        this.netns = netns;
    }

    /**
     * Sockets in a namespace.
     *
     * @param netns stays the caller's and must stay open as long as this
     */
    public static RtNetlinkPool of(Netns netns) {
        return new RtNetlinkPool(netns);
    }

    /**
     * A socket for the caller alone, until it gives it back.
     *
     * @throws LinuxException when one must be made and cannot be
     */
    public RtNetlink take() throws LinuxException {
        synchronized (this) {
            RtNetlink waiting = idle.pollFirst();
            if (waiting != null) {
                return waiting;
            }
        }
        RtNetlink made = RtNetlink.open(netns);
        ports.add(made.socket().port());
        return made;
    }

    /** Whether a socket of this pool that is open has this port number, {@code nlmsg_pid}. */
    public boolean owns(int port) {
        return ports.contains(port);
    }

    /** Gives back what {@link #take} gave. */
    public void giveBack(RtNetlink netlink) {
        synchronized (this) {
            if (!closed && idle.size() < IDLE_LIMIT) {
                idle.addFirst(netlink);
                return;
            }
        }
        close(netlink);
    }

    private void close(RtNetlink netlink) {
        ports.remove(netlink.socket().port()); // it may be another's as soon as it is closed
        netlink.close();
    }

    /** Closes what waits; what is given back later is closed then. */
    @Override
    public synchronized void close() {
        closed = true;
        idle.forEach(this::close);
        idle.clear();
    }
}
