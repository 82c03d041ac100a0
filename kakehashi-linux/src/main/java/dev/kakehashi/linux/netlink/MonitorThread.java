package dev.kakehashi.linux.netlink;

import dev.kakehashi.linux.Fd;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.Poll;
import dev.kakehashi.linux.SysEventfd;
import dev.kakehashi.linux.Uninterruptibly;

import java.time.Duration;

/**
 * Receives from a socket on a thread of its own until it is closed. A socket that fails is told of
 * and another one opened, after a while.
 */
final class MonitorThread implements AutoCloseable {
    /** Before another socket is opened in the place of one that failed. */
    static final Duration PAUSE = Duration.ofMillis(300);

    /** Between two reports of failures. */
    private static final Duration SILENCE = Duration.ofSeconds(10);

    /** A socket that hears. */
    interface Ear extends AutoCloseable {
        /** Readable when there is something to hear. */
        Fd fd();

        /**
         * Passes on what there is; does not wait.
         *
         * @throws LinuxException when nothing can be heard by this socket any more
         */
        void receive() throws LinuxException;

        @Override
        void close();
    }

    /** What is heard of, on the thread. */
    interface Work {
        /**
         * How long the thread leaves what there is to hear, so that it wakes once for all that
         * comes together: whoever sends waits while it wakes.
         */
        default Duration gathering() {
            return Duration.ZERO;
        }

        /** Another socket. */
        Ear open() throws LinuxException;

        /** A socket has begun to hear: what was before may have been missed. */
        void begun();

        /** A socket has failed, or none can be opened. */
        void failed(LinuxException failure);

        /** It is over. */
        void ended();
    }

    private final Work work;
    private final Ear first;
    private final Fd stop;
    private final Thread thread;
    private boolean toldOnce;
    private long lastTold;

    private MonitorThread(Work work, Ear first, Fd stop, String name) {
        this.work = work;
        this.first = first;
        this.stop = stop;
        this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
    }

    /** Begins; if the first socket cannot be opened, {@code work} has not ended. */
    static MonitorThread start(Work work, String name) throws LinuxException {
        Ear first = work.open();
        Fd stop;
        try {
            stop = SysEventfd.create();
        } catch (LinuxException e) {
            first.close();
            throw e;
        }
        MonitorThread monitor = new MonitorThread(work, first, stop, name);
        monitor.thread.start();
        return monitor;
    }

    private void run() {
        try {
            boolean over = hear(first);
            while (!over && !Poll.within(stop, PAUSE)) {
                over = hearAgain();
            }
        } catch (LinuxException e) {
            tell(e); // not even to wait is possible
        } finally {
            synchronized (stop) {
                stop.close();
            }
            work.ended();
        }
    }

    private boolean hearAgain() {
        Ear ear;
        try {
            ear = work.open();
        } catch (LinuxException e) {
            tell(e);
            return false;
        }
        return hear(ear);
    }

    /** Whether it was told to end, not that the socket failed. */
    private boolean hear(Ear ear) {
        try (ear) {
            work.begun();
            Duration gathering = work.gathering();
            while (!Poll.either(stop, ear.fd())) {
                if (gathering.isPositive() && Poll.within(stop, gathering)) {
                    return true;
                }
                ear.receive();
            }
            return true;
        } catch (LinuxException e) {
            tell(e);
            return false;
        } catch (RuntimeException e) {
            // A message that nobody expected: the next ones may be heard.
            System.getLogger(MonitorThread.class.getName())
                    .log(System.Logger.Level.ERROR, "defect in what listens to netlink", e);
            return false;
        }
    }

    /** Not each time that it is tried again. */
    private void tell(LinuxException failure) {
        long now = System.nanoTime();
        if (!toldOnce || now - lastTold > SILENCE.toNanos()) {
            toldOnce = true;
            lastTold = now;
            work.failed(failure);
        }
    }

    /**
     * Ends it; returns when a call of {@code work} has ended that runs now, unless it is that one
     * that calls.
     */
    @Override
    public void close() throws LinuxException {
        synchronized (stop) {
            if (stop.isOpen()) {
                SysEventfd.signal(stop);
            }
        }
        Uninterruptibly.join(thread);
    }
}
