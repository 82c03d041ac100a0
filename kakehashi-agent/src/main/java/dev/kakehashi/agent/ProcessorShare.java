package dev.kakehashi.agent;

import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.Sched;
import dev.kakehashi.linux.SysResource;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The agent's share of the processors. Where many pods start at once everything on the node wants
 * to run, and each of those pods waits for the agent, which needs a millisecond for it: it goes
 * before them.
 *
 * <p>A nice value alone does not do that: threads are weighed within their session or control
 * group, whose weight is spread over the processors by where it ran before. So a thread that wakes
 * up on another processor may wait there for tens of milliseconds, with the kernel's lock of all
 * links in its hands.
 */
final class ProcessorShare {
    private static final Logger LOG = System.getLogger(ProcessorShare.class.getName());

    /** It stops the threads that serve calls, where it collects garbage. */
    private static final String COLLECTOR = "VM Thread";

    private final Path process;
    private final AtomicBoolean refusalTold = new AtomicBoolean();

    /**
     * Of a process.
     *
     * @param process its folder: {@code /proc/self}
     */
    ProcessorShare(Path process) {
        this.process = process;
    }

    /**
     * Sets the nice value of every thread there is, which those to come inherit, and of the session
     * if it is this process's own. Says so where that is not allowed, and goes on.
     */
    void ask(int nice) {
        try {
            setThreads(nice);
            setSession(nice);
        } catch (IOException e) {
            LOG.log(
                    Level.INFO,
                    "runs with the usual priority, pods may wait for it on a busy node: {0}; give"
                            + " it CAP_SYS_NICE, or tell it --nice 0",
                    e.getMessage());
        }
    }

    /**
     * Gives the calling thread a real-time priority, and with it what it starts: a container waits
     * for it. Says once where that is not allowed, and goes on.
     *
     * @param priority from 1 (the least) to 99
     */
    void hurry(int priority) {
        hurry(0, priority);
    }

    /** The same for the virtual machine's own thread that all the others may have to wait for. */
    void hurryCollector(int priority) {
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(process.resolve("task"))) {
            for (Path thread : threads) {
                if (Files.readString(thread.resolve("comm")).strip().equals(COLLECTOR)) {
                    hurry(number(thread), priority);
                }
            }
        } catch (IOException e) {
            refused(e);
        }
    }

    private void hurry(int thread, int priority) {
        try {
            Sched.setRoundRobin(thread, priority);
        } catch (LinuxException e) {
            refused(e);
        }
    }

    private void refused(IOException e) {
        if (!refusalTold.getAndSet(true)) {
            LOG.log(
                    Level.INFO,
                    "runs without real-time priority, pods may wait for it on a busy node: {0};"
                            + " give it CAP_SYS_NICE, or tell it --realtime 0. In a control group a"
                            + " kernel with CONFIG_RT_GROUP_SCHED forbids it",
                    e.getMessage());
        }
    }

    private void setThreads(int nice) throws IOException {
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(process.resolve("task"))) {
            for (Path thread : threads) {
                set(number(thread), nice);
            }
        }
    }

    private static int number(Path thread) {
        return Integer.parseInt(String.valueOf(thread.getFileName()));
    }

    private static void set(int thread, int nice) throws LinuxException {
        if (SysResource.nice(thread) != nice) { // what the service manager chose
            SysResource.setNice(thread, nice);
        }
    }

    /**
     * Where the kernel makes a group of each session the nice values of threads count within it
     * only, and the group has one of its own (sched(7), "The autogroup feature").
     */
    private void setSession(int nice) throws IOException {
        Path group = process.resolve("autogroup");
        if (Files.exists(group) && leadsItsSession()) {
            Files.writeString(group, Integer.toString(nice));
        }
    }

    /** Its session is its number, proc_pid_stat(5); the name before it may hold anything. */
    private boolean leadsItsSession() throws IOException {
        String stat = Files.readString(process.resolve("stat"));
        String number = stat.substring(0, stat.indexOf(' '));
        // state, parent, process group, session
        String[] rest = stat.substring(stat.lastIndexOf(')') + 2).split(" ", 5);
        return rest[3].equals(number);
    }
}
