package dev.kakehashi.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * An instant at which an agent dies: when one of its threads is about to make a system call for the
 * {@code count}-th time. {@code strace --inject} does the killing, so that there is no way around
 * it and no hook in the product. It counts apart for each thread and each system call.
 *
 * @param call name of the system call
 * @param count from 1
 */
record CrashPoint(String call, int count) {
    /** What changes files, the kernel's network or what others know. */
    private static final String CHANGES =
            "sendto,sendmsg,openat,write,pwrite64,unlink,unlinkat,rename,renameat,renameat2,link,"
                    + "linkat,mkdir,mkdirat,rmdir,ftruncate,ioctl";

    private static final Path STRACE = Path.of("/usr/bin/strace");

    static void assumeTracer() {
        assumeTrue(
                Files.isExecutable(STRACE),
                "needs strace, which kills the agent at chosen system calls");
    }

    @Override
    public String toString() {
        return call + " " + count;
    }

    /** Something traced: from now on, until it is closed. */
    record Tracer(Process strace) {
        /** Ends it, and says whether the agent has died by it. */
        boolean endedWithDeathOf(Process agent) throws InterruptedException {
            boolean killed = agent.waitFor(150, TimeUnit.MILLISECONDS);
            strace.destroy();
            // It may wait for ever for threads that end as it lets go of them; and while it lives
            // nobody else hears of the end of what it traces.
            if (!strace.waitFor(5, TimeUnit.SECONDS)) {
                strace.destroyForcibly();
            }
            assertThat(strace.waitFor(10, TimeUnit.SECONDS)).as("strace ended").isTrue();
            return killed;
        }
    }

    /** When one of the system calls that change something, whichever, is made for the N-th time. */
    static CrashPoint anyOf(int count) {
        return new CrashPoint(CHANGES, count);
    }

    /** Kills this agent when it gets here. */
    Tracer await(Process agent) throws IOException {
        return trace(
                agent,
                Path.of("/dev/null"),
                "trace=" + call,
                "inject=" + call + ":signal=SIGKILL:when=" + count);
    }

    /** Writes down what an agent does that changes something, for {@link #in}. */
    static Tracer record(Process agent, Path file) throws IOException {
        return trace(agent, file, "trace=" + CHANGES);
    }

    /**
     * The crash points of what was written down, in the order in which they were first come by;
     * files that were only opened are none.
     */
    static List<CrashPoint> in(Path file) throws IOException {
        Map<String, Integer> counts = new HashMap<>();
        Map<String, CrashPoint> points = new TreeMap<>();
        List<CrashPoint> ordered = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            // 1234  openat(AT_FDCWD, "/x", O_RDONLY) = 3
            int space = line.indexOf(' ');
            int open = line.indexOf('(');
            if (open < 0 || line.contains("resumed>")) {
                continue;
            }
            String call = line.substring(space, open).strip();
            int count = counts.merge(line.substring(0, space) + call, 1, Integer::sum);
            CrashPoint point = new CrashPoint(call, count);
            if (isChange(call, line) && points.put(point.toString(), point) == null) {
                ordered.add(point);
            }
        }
        return ordered;
    }

    private static boolean isChange(String call, String line) {
        return switch (call) {
            case "openat" -> line.contains("O_CREAT");
            case "ioctl" -> line.contains("TUN") || line.contains("SIOC");
            default -> true;
        };
    }

    private static Tracer trace(Process agent, Path output, String... expressions)
            throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                STRACE.toString(),
                                "--follow-forks",
                                // What the agent executes is not the agent.
                                "--detach-on=execve",
                                "--attach=" + agent.pid(),
                                "--output=" + output));
        for (String expression : expressions) {
            command.addAll(List.of("-e", expression));
        }
        Process strace = new ProcessBuilder(command).redirectErrorStream(true).start();
        BufferedReader words = strace.inputReader();
        String said = "";
        // Before that it may speak of threads that have ended meanwhile.
        for (String line = ""; !line.contains("attached"); said += line) {
            line = words.readLine();
            assumeTrue(line != null, "strace may trace here: " + said);
        }
        Thread reader = new Thread(() -> drain(words), "strace's words");
        reader.setDaemon(true);
        reader.start();
        return new Tracer(strace);
    }

    private static void drain(BufferedReader words) {
        try {
            while (words.readLine() != null) {}
        } catch (IOException e) {
            // It has ended.
        }
    }

    /** Some of them, evenly spread, beginning at a place. */
    static List<CrashPoint> sample(Collection<CrashPoint> all, int size, int offset) {
        List<CrashPoint> from = List.copyOf(all);
        if (from.size() <= size) {
            return from;
        }
        List<CrashPoint> some = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            some.add(from.get((i * from.size() / size + offset) % from.size()));
        }
        return some;
    }
}
