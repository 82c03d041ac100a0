package dev.kakehashi.lab;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Starts programs as processes of a lab. */
final class LabPrograms {
    /**
     * What a program said.
     *
     * @param status of its exit
     * @param output standard output and error
     */
    record Said(int status, String output) {}

    private final String lab;

    LabPrograms(String lab) {
        this.lab = lab;
    }

    /** Starts one that stays, in the namespaces of the calling thread; its words go to a file. */
    Process start(Path log, List<String> command) throws IOException {
        ProcessBuilder builder = builder(ofItsOwn(command));
        builder.redirectErrorStream(true);
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        return builder.start();
    }

    /** Runs one to its end. */
    Said run(List<String> command) throws IOException {
        return run(command, Map.of());
    }

    /** Runs one to its end, with more in its environment. */
    Said run(List<String> command, Map<String, String> environment) throws IOException {
        ProcessBuilder builder = builder(command);
        builder.environment().putAll(environment);
        Process process = builder.redirectErrorStream(true).start();
        try (InputStream output = process.getInputStream()) {
            String said = new String(output.readAllBytes(), StandardCharsets.UTF_8);
            return new Said(process.waitFor(), said);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /**
     * Runs one that must succeed.
     *
     * @throws IOException with what it said
     */
    String succeed(List<String> command) throws IOException {
        Said said = run(command);
        if (said.status() != 0) {
            throw new IOException(
                    String.join(" ", command)
                            + " ended with status "
                            + said.status()
                            + ": "
                            + said.output());
        }
        return said.output();
    }

    /** Runs one on this terminal; its exit status. */
    int runHere(List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        try {
            return builder.start().waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private ProcessBuilder builder(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command);
        LabProcesses.enter(builder.environment(), lab);
        builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        return builder;
    }

    /**
     * The command in a session of its own, as service managers start programs: a terminal's Ctrl-C
     * does not reach it, and where the kernel shares the processors among sessions (sched(7), "The
     * autogroup feature") it has a share like each container's. The process is the program's:
     * setsid(1) makes another one only of a leader of a process group.
     */
    static List<String> ofItsOwn(List<String> command) {
        List<String> words = new ArrayList<>(List.of("setsid"));
        words.addAll(command);
        return words;
    }

    /** The command in a network namespace and this mount namespace. */
    static List<String> in(Path netns, List<String> command) {
        List<String> words = new ArrayList<>(List.of("nsenter", "--net=" + netns));
        words.addAll(command);
        return words;
    }
}
