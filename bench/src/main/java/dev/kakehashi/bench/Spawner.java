package dev.kakehashi.bench;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs jobs through {@code timed_spawn}, which measures each from its start to its end. */
final class Spawner implements AutoCloseable {
    private final Process process;
    private final BufferedWriter in;
    private final BufferedReader out;

    Spawner(Path program) throws IOException {
        process =
                new ProcessBuilder(program.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        in = process.outputWriter(StandardCharsets.UTF_8);
        out = process.inputReader(StandardCharsets.UTF_8);
    }

    /**
     * @param total nanoseconds from the start of the first to the end of the last
     * @param each nanoseconds of each job, in the order given
     */
    record Times(long total, List<Long> each) {}

    /**
     * Runs jobs at once.
     *
     * @throws IOException with a job's output if one fails: a benchmark of failures says nothing
     */
    Times run(List<Job> jobs) throws IOException {
        in.write(String.join(" ", jobs.stream().map(j -> j.directory().toString()).toList()));
        in.newLine();
        in.flush();
        String line = out.readLine();
        if (line == null) {
            throw new IOException("timed_spawn ended");
        }
        String[] words = line.split(" ", -1);
        List<Long> each = new ArrayList<>();
        for (int i = 0; i < jobs.size(); i++) {
            String[] parts = words[i + 1].split(":", -1);
            if (!parts[1].equals("0")) {
                throw new IOException(
                        jobs.get(i).directory()
                                + " ended with status "
                                + parts[1]
                                + ": "
                                + jobs.get(i).output());
            }
            each.add(Long.parseLong(parts[0]));
        }
        return new Times(Long.parseLong(words[0]), each);
    }

    @Override
    public void close() {
        process.destroy();
    }
}
