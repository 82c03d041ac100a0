package dev.kakehashi.cni.exec;

import dev.kakehashi.cni.CniException;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Runs plugins as child processes. A plugin that outlives its time, or whose caller is interrupted,
 * is killed with its children.
 */
public final class ProcessPluginExec implements PluginExec {
    private static final int BUSY_TRIES = 6;
    private static final Duration BUSY_PAUSE = Duration.ofSeconds(1);

    /** What a pipe takes without a reader (pipe(7)); longer input needs a thread of its own. */
    private static final int PIPE_CAPACITY = 65536;

    /** How long to wait for output that a grandchild keeps open after the plugin has ended. */
    private static final Duration DRAIN = Duration.ofSeconds(5);

    private static final Duration FOREVER = Duration.ofDays(3650);

    private final Duration limit;
    private final LongSupplier deadline;

    private ProcessPluginExec(Duration limit, LongSupplier deadline) {
        this.limit = limit;
        this.deadline = deadline;
    }

    /** Runs plugins without a limit of time. */
    public static ProcessPluginExec create() {
        return withTimeout(FOREVER);
    }

    /** Runs each plugin for at most this long. */
    public static ProcessPluginExec withTimeout(Duration timeout) {
        return new ProcessPluginExec(timeout, () -> System.nanoTime() + timeout.toNanos());
    }

    /** Runs plugins that must all have ended when this time from now is over. */
    public static ProcessPluginExec within(Duration time) {
        long deadline = System.nanoTime() + time.toNanos();
        return new ProcessPluginExec(time, () -> deadline);
    }

    @Override
    public String find(String type, List<String> folders) throws CniException {
        return PluginFinder.find(type, folders);
    }

    @Override
    public ExecOutcome run(String binary, Map<String, String> environment, byte[] stdin)
            throws CniException {
        long end = deadline.getAsLong();
        try {
            Process process = start(binary, environment, end);
            try {
                return complete(binary, process, stdin, end);
            } finally {
                if (process.isAlive()) {
                    kill(process);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CniException(
                    CniException.TRY_AGAIN_LATER,
                    "netplugin failed: interrupted, " + binary + " killed",
                    e);
        }
    }

    private Process start(String binary, Map<String, String> environment, long deadline)
            throws CniException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(binary);
        for (int attempt = 1; ; attempt++) {
            try {
                builder.environment().clear();
                builder.environment().putAll(environment);
                return builder.start();
            } catch (IllegalArgumentException e) {
                throw new CniException(
                        CniException.INVALID_ENVIRONMENT,
                        "failed to execute plugin " + binary + ": " + e.getMessage(),
                        e);
            } catch (IOException e) {
                // A plugin that is being installed over can be started a moment later.
                if (!isBusy(e) || attempt == BUSY_TRIES || remaining(deadline) <= 0) {
                    throw new CniException(
                            CniException.IO_FAILURE,
                            "failed to execute plugin " + binary + ": " + reason(e),
                            e);
                }
                Thread.sleep(BUSY_PAUSE);
            }
        }
    }

    private static boolean isBusy(IOException e) {
        return String.valueOf(e.getMessage()).contains("Text file busy");
    }

    /** The system's words without Java's preamble. */
    private static String reason(IOException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        return String.valueOf(cause.getMessage());
    }

    private ExecOutcome complete(String binary, Process process, byte[] stdin, long deadline)
            throws CniException, InterruptedException {
        OutputReader stdout = OutputReader.start(process.getInputStream());
        OutputReader stderr = OutputReader.start(process.getErrorStream());
        feed(process.getOutputStream(), stdin);
        if (!process.waitFor(remaining(deadline), TimeUnit.NANOSECONDS)) {
            kill(process);
            throw new CniException(
                    CniException.TRY_AGAIN_LATER,
                    "netplugin failed: "
                            + binary
                            + " did not finish within "
                            + limit.toMillis()
                            + " ms and was killed");
        }
        byte[] out = stdout.await(DRAIN);
        return new ExecOutcome(process.exitValue(), out, stderr.await(DRAIN));
    }

    private static void feed(OutputStream to, byte[] stdin) {
        if (stdin.length <= PIPE_CAPACITY) {
            write(to, stdin);
        } else {
            Thread.ofPlatform().daemon().name("cni-plugin-stdin").start(() -> write(to, stdin));
        }
    }

    private static void write(OutputStream to, byte[] stdin) {
        try (to) {
            to.write(stdin);
        } catch (IOException e) {
            // EPIPE: a plugin need not read its input. How it ends tells whether that was right.
            return;
        }
    }

    private static void kill(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    private static long remaining(long deadline) {
        return deadline - System.nanoTime();
    }
}
