package dev.kakehashi.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/** A program and its arguments. */
record Command(List<String> words) {

    static Command of(String... words) {
        return new Command(List.of(words));
    }

    Command with(String... more) {
        return new Command(Stream.concat(words.stream(), Stream.of(more)).toList());
    }

    /** Starts it in the background; what it says goes nowhere. */
    Process start() throws IOException {
        return new ProcessBuilder(words)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /**
     * Runs it to its end.
     *
     * @return its standard output
     * @throws IOException with all it said, when its status is not 0
     */
    String run() throws IOException {
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int status = Processes.await(process);
        if (status != 0) {
            throw new IOException(String.join(" ", words) + ": status " + status + ": " + output);
        }
        return output;
    }
}
