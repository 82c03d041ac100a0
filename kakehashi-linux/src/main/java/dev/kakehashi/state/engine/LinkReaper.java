package dev.kakehashi.state.engine;

import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.Bridge;
import dev.kakehashi.linux.rtnetlink.Dummy;
import dev.kakehashi.linux.rtnetlink.Ifb;
import dev.kakehashi.linux.rtnetlink.LinkKind;
import dev.kakehashi.linux.rtnetlink.Links;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.linux.rtnetlink.Veth;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.LinkOrigin;
import dev.kakehashi.state.Ownership;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Deletes links on their way out behind the scenes. The kernel waits for an RCU grace period of
 * some 16 ms in each delete call, however many links it is for; links that carry no traffic any
 * more and are in one group can go together, by one call for many.
 *
 * <p>What a crash left in the group goes with the next call.
 */
final class LinkReaper implements AutoCloseable {
    private static final long IDLE_SECONDS = 10;

    /** Pods go in bursts, and a delete call stands in the way of the changes that follow. */
    private static final Duration BURST_GAP = Duration.ofMillis(10);

    private static final Duration LONGEST_BURST = Duration.ofMillis(100);

    private static final Duration RETRY = Duration.ofSeconds(1);

    private final Netns netns;
    private long wanted;
    private long reaped;
    private boolean running;
    private boolean closed;
    private int waiting;

    LinkReaper(Netns netns) {
        this.netns = netns;
    }

    /**
     * Whether a link on its way out is in nobody's way. Others keep what only one link can have (a
     * VXLAN identifier, a VLAN on its lower link, a tunnel's end points, a VRF's table) until they
     * are gone, and whoever makes their successor needs it now.
     */
    static boolean canWait(Link link) {
        // No switch over types on the way of a first call: docs/adr/0008.
        return link.origin() instanceof LinkOrigin.VethEnd
                || (link.origin() instanceof LinkOrigin.Created(LinkKind kind)
                        && (kind instanceof Veth
                                || kind instanceof Bridge
                                || kind instanceof Dummy
                                || kind instanceof Ifb));
    }

    /** Deletes what is in the group now, soon; does not wait. */
    synchronized void schedule() {
        wanted++;
        if (running) {
            notifyAll();
        } else if (!closed) {
            running = true;
            Thread thread = new Thread(this::run, "link-reaper");
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** Whether something that was scheduled is not gone yet. */
    synchronized boolean isBusy() {
        return reaped < wanted;
    }

    /** Waits until all that was scheduled is gone; false if that takes longer. */
    synchronized boolean await(Duration timeout) throws InterruptedException {
        long until = wanted;
        long deadline = System.nanoTime() + timeout.toNanos();
        waiting++;
        notifyAll();
        try {
            while (reaped < until) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
            return true;
        } finally {
            waiting--;
        }
    }

    private void run() {
        boolean told = false;
        for (long upTo = next(); upTo > 0; upTo = next()) {
            Optional<IOException> failure = reap();
            if (failure.isPresent() && !told) {
                report(failure.get());
            }
            told = failure.isPresent();
            if (failure.isEmpty() || !pause()) {
                done(upTo);
            }
        }
    }

    /** Waits before another try; false if there is to be none. */
    private synchronized boolean pause() {
        try {
            if (!closed) {
                TimeUnit.NANOSECONDS.timedWait(this, RETRY.toNanos());
            }
            return !closed;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private synchronized void done(long upTo) {
        reaped = upTo;
        notifyAll();
    }

    /** Waits for work; 0 when the thread has to end, after a while without any. */
    private synchronized long next() {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(IDLE_SECONDS);
        try {
            while (wanted == reaped && !closed) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    break;
                }
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // what is left goes with the next removal
            wanted = reaped;
        }
        if (wanted == reaped) {
            running = false;
            return 0;
        }
        awaitEndOfBurst();
        return wanted;
    }

    private void awaitEndOfBurst() {
        long deadline = System.nanoTime() + LONGEST_BURST.toNanos();
        long seen = -1;
        try {
            while (seen != wanted && !closed && waiting == 0 && System.nanoTime() < deadline) {
                seen = wanted;
                awaitChange(seen);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // no reason to wait longer
        }
    }

    /** Waits until more is wanted, or that is not to be expected. */
    private void awaitChange(long seen) throws InterruptedException {
        long deadline = System.nanoTime() + BURST_GAP.toNanos();
        for (long left = BURST_GAP.toNanos(); left > 0; left = deadline - System.nanoTime()) {
            if (seen != wanted || closed || waiting > 0) {
                return;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }

    private Optional<IOException> reap() {
        try (RtNetlink netlink = RtNetlink.open(netns)) {
            netlink.execute(Links.deleteGroup(Ownership.REAP_GROUP));
            return Optional.empty();
        } catch (LinuxException e) {
            // ENODEV: somebody else was faster.
            return e.is(Errno.ENODEV) ? Optional.empty() : Optional.of(e);
        } catch (IOException e) {
            return Optional.of(e);
        }
    }

    private static void report(IOException e) {
        log().log(
                        Level.WARNING,
                        "links on their way out stay for now, without traffic; tried again each second",
                        e);
    }

    /** Finishes what is scheduled. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        try {
            await(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Looked for when there is something to say: docs/adr/0008. */
    private static Logger log() {
        return System.getLogger(LinkReaper.class.getName());
    }
}
