package dev.kakehashi.cluster.ipam;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.random.RandomGenerator;

/**
 * Tasks of which one runs at a time, and chance says which goes on next: every run of a seed is the
 * same. A task gives way wherever the outside world could see what it did.
 */
final class SimTasks {
    /** The process of a task died: nothing that it would have done is done. */
    static final class Crash extends Error {
        private static final long serialVersionUID = 1L;

        Crash() {
            super("crash", null, false, false);
        }
    }

    /** What a task belongs to, and dies with. */
    static final class Program {
        boolean dead;
    }

    private static final class Task {
        final Program process;
        final Semaphore turn = new Semaphore(0);
        long wakeAt;
        boolean ended;

        Task(Program process) {
            this.process = process;
        }
    }

    private final RandomGenerator random;
    private final Semaphore back = new Semaphore(0);
    private final List<Task> tasks = new ArrayList<>();
    private Task current = new Task(new Program());
    private Throwable failure = new Crash();
    private boolean failed;
    private long now;

    SimTasks(RandomGenerator random) {
        this.random = random;
    }

    /** Real time, in milliseconds. */
    long now() {
        return now;
    }

    void spawn(Program process, Runnable body) {
        Task task = new Task(process);
        tasks.add(task);
        Thread.ofVirtual()
                .start(() -> {
                    task.turn.acquireUninterruptibly();
                    try {
                        if (!process.dead) {
                            body.run();
                        }
                    } catch (Crash e) {
                        // as it should be
                    } catch (Throwable e) {
                        failure = e;
                        failed = true;
                    }
                    task.ended = true;
                    back.release();
                });
    }

    /** Lets others go on; the caller goes on after at least these milliseconds. */
    void giveWay(long millis) {
        Task me = current;
        me.wakeAt = now + millis;
        back.release();
        me.turn.acquireUninterruptibly();
        if (me.process.dead) {
            throw new Crash();
        }
    }

    /** Kills the process of the task that runs. */
    void crash() {
        current.process.dead = true;
        throw new Crash();
    }

    /** Runs until all tasks have ended or time is up. */
    void run(long until) {
        while (!tasks.isEmpty() && now < until) {
            List<Task> ready = new ArrayList<>();
            long next = Long.MAX_VALUE;
            for (Task task : tasks) {
                next = Math.min(next, task.wakeAt);
                if (task.wakeAt <= now || task.process.dead) {
                    ready.add(task);
                }
            }
            if (ready.isEmpty()) {
                now = next;
                continue;
            }
            current = ready.get(random.nextInt(ready.size()));
            current.turn.release();
            back.acquireUninterruptibly();
            if (current.ended) {
                tasks.remove(current);
            }
            if (failed) {
                throw new AssertionError("task failed: " + failure, failure);
            }
            now += random.nextInt(20);
        }
    }

    /** Ends every task where it waits. */
    void killAll() {
        for (Task task : tasks) {
            task.process.dead = true;
        }
        run(Long.MAX_VALUE);
    }
}
