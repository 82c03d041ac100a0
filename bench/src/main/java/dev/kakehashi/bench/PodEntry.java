package dev.kakehashi.bench;

import java.io.BufferedReader;
import java.io.IOException;

/**
 * A way into a lab's pod that costs as little as {@code ip netns exec}: a program that stays there,
 * whose network namespace others enter. {@code kakehashi lab exec} starts a Java virtual machine
 * for each command, which the network made by hand would not have beside it.
 */
final class PodEntry implements AutoCloseable {
    private final Process resident;
    private final long pid;

    private PodEntry(Process resident, long pid) {
        this.resident = resident;
        this.pid = pid;
    }

    /**
     * Of a pod.
     *
     * @param pod runs what follows it in the pod
     */
    static PodEntry of(Command pod) throws IOException {
        Process resident =
                new ProcessBuilder(pod.with("sh", "-c", "echo $$; exec sleep infinity").words())
                        .redirectErrorStream(true)
                        .start();
        BufferedReader output = resident.inputReader();
        String first = output.readLine();
        if (first == null || !first.matches("[0-9]+")) {
            Processes.end(resident);
            throw new IOException("no process in the pod: " + first);
        }
        return new PodEntry(resident, Long.parseLong(first));
    }

    /** Runs what follows it in the pod's network namespace. */
    Command command() {
        return Command.of("nsenter", "--target", Long.toString(pid), "--net");
    }

    @Override
    public void close() throws IOException {
        Processes.end(resident);
    }
}
