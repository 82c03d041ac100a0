package dev.kakehashi.linux.netns;

import dev.kakehashi.linux.Fcntl;
import dev.kakehashi.linux.Fd;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.Sched;

import org.jspecify.annotations.Nullable;

/**
 * A platform thread that may change its network namespace because it is ours: it knows the
 * namespace that it came from and is given up when it cannot return there.
 */
final class NetnsThread extends Thread {
    static final String SELF_NET = "/proc/thread-self/ns/net";

    private @Nullable Fd home;
    private @Nullable Fd current;
    private @Nullable NetnsId currentId;
    private boolean lost;

    NetnsThread(Runnable work, String name) {
        super(work, name);
        setDaemon(true);
    }

    @Override
    public void run() {
        try {
            super.run();
        } finally {
            if (home != null) {
                home.close();
            }
        }
    }

    /** Whether the thread could not return to its namespace and must not be used again. */
    boolean lost() {
        return lost;
    }

    /**
     * Runs a task in {@code namespace} and returns to where the thread was; called on this thread
     * only.
     *
     * @param id of the namespace, if it is known: a thread that is there already need not move
     */
    <T extends @Nullable Object, X extends Exception> T callIn(
            Fd namespace, @Nullable NetnsId id, NetnsTask<T, X> task) throws X, LinuxException {
        Fd before = whereabouts();
        NetnsId idBefore = currentId;
        if (id != null && id.equals(idBefore)) {
            return task.run();
        }
        Sched.setns(namespace, Sched.CLONE_NEWNET);
        current = namespace;
        currentId = id;
        try {
            return task.run();
        } finally {
            returnTo(before, idBefore);
        }
    }

    /** A new namespace; the thread stays where it is. */
    Fd create() throws LinuxException {
        Fd before = whereabouts();
        Sched.unshare(Sched.CLONE_NEWNET);
        try {
            return Fcntl.open(SELF_NET, Fcntl.O_RDONLY, 0);
        } finally {
            returnTo(before, currentId);
        }
    }

    private Fd whereabouts() throws LinuxException {
        if (lost) {
            throw new IllegalStateException(getName() + " is stranded in a foreign namespace");
        }
        if (current != null) {
            return current;
        }
        if (home == null) {
            // Not traced: it lives as long as the thread and is closed by run().
            home = Fd.ownForever(Fcntl.open(SELF_NET, Fcntl.O_RDONLY, 0).release());
        }
        currentId = Netns.id(home);
        current = home;
        return current;
    }

    private void returnTo(Fd before, @Nullable NetnsId id) {
        try {
            Sched.setns(before, Sched.CLONE_NEWNET);
            current = before;
            currentId = id;
        } catch (LinuxException | IllegalStateException e) {
            lost = true;
            throw new AssertionError(
                    getName() + " cannot return to its network namespace and ends", e);
        }
    }
}
