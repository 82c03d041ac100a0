package dev.kakehashi.state.engine;

import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The switches below /proc/sys of the calling thread's network namespace. */
final class SysctlFiles {
    private static final String ROOT = "/proc/sys/";
    private static final int MAX_LENGTH = 4096;

    private SysctlFiles() {}

    /** The value without the final line break; empty if the kernel has no such switch. */
    static Optional<String> read(String file) throws IOException {
        try (FileInputStream in = new FileInputStream(ROOT + file)) {
            byte[] value = in.readNBytes(MAX_LENGTH);
            return Optional.of(new String(value, StandardCharsets.UTF_8).strip());
        } catch (FileNotFoundException e) {
            return Optional.empty();
        }
    }

    /** Equivalent to: {@code sysctl -w}. */
    static void write(String file, String value) throws IOException {
        try (FileOutputStream out = new FileOutputStream(ROOT + file)) {
            out.write(value.getBytes(StandardCharsets.UTF_8));
        }
    }
}
