package dev.kakehashi.cni.exec;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/**
 * Collects one output of a process on a thread of its own, so that the process never waits for a
 * reader.
 */
final class OutputReader {
    private static final int CHUNK = 8192;

    private final InputStream from;
    private final ByteArrayOutputStream collected = new ByteArrayOutputStream();
    private final Thread thread;

    private OutputReader(InputStream from) {
        this.from = from;
        this.thread =
                Thread.ofPlatform().daemon().name("cni-plugin-output").unstarted(this::collect);
    }

    static OutputReader start(InputStream from) {
        OutputReader reader = new OutputReader(from);
        reader.thread.start();
        return reader;
    }

    private void collect() {
        byte[] chunk = new byte[CHUNK];
        try (from) {
            for (int n = from.read(chunk); n >= 0; n = from.read(chunk)) {
                collected.write(chunk, 0, n);
            }
        } catch (IOException e) {
            // The process was killed and its pipe closed: what came until then is the output.
            return;
        }
    }

    /** What came until the output was closed, or until the time is over. */
    byte[] await(Duration atMost) throws InterruptedException {
        thread.join(atMost);
        return collected.toByteArray();
    }
}
