package dev.kakehashi.bench;

import dev.kakehashi.testing.PodTraffic;

import java.io.IOException;

/** Waiting for processes. */
final class Processes {
    private Processes() {}

    static int await(Process process) throws IOException {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    static void pause(int millis) throws IOException {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** Ends what pods say to each other. */
    static PodTraffic.Result end(PodTraffic traffic) throws IOException {
        try {
            return traffic.end();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** Ends a process and those that it started. */
    static void end(Process process) throws IOException {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        await(process);
    }
}
