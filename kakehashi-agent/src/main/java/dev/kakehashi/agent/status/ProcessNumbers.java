package dev.kakehashi.agent.status;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What the kernel says of this process (proc_pid_status(5), proc_pid_fd(5)).
 *
 * @param residentBytes memory that is resident; 0 when it cannot be read
 * @param openFiles descriptors
 * @param threads of the operating system
 * @param cpu time it has used
 */
record ProcessNumbers(long residentBytes, int openFiles, int threads, Duration cpu) {
    private static final Path SELF = Path.of("/proc/self");

    /** As they are now. */
    static ProcessNumbers read() {
        long resident = 0;
        long threads = 0;
        int files = 0;
        try {
            for (String line : Files.readAllLines(SELF.resolve("status"))) {
                if (line.startsWith("VmRSS:")) {
                    resident = number(line) * 1024;
                } else if (line.startsWith("Threads:")) {
                    threads = number(line);
                }
            }
            try (DirectoryStream<Path> all = Files.newDirectoryStream(SELF.resolve("fd"))) {
                for (Path _ : all) {
                    files++;
                }
            }
        } catch (IOException e) {
            files = 0; // no /proc: the numbers that were read stand
        }
        return new ProcessNumbers(
                resident,
                Math.max(0, files - 1), // without the one it was counted with
                (int) threads,
                ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO));
    }

    /** As in {@code VmRSS: 12345 kB}. */
    private static long number(String line) {
        long number = 0;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c >= '0' && c <= '9') {
                number = number * 10 + (c - '0');
            }
        }
        return number;
    }
}
