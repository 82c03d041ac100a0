package dev.kakehashi.linux.program;

import dev.kakehashi.linux.netns.Netns;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** A program of the host, run in a network namespace. */
public final class HostProgram {
    private final Netns netns;
    private final String name;
    private final String remedy;
    private final int seconds;

    private HostProgram(Netns netns, String name, String remedy, int seconds) {
        this.netns = netns;
        this.name = name;
        this.remedy = remedy;
        this.seconds = seconds;
    }

    /**
     * A program.
     *
     * @param netns where it works; stays owned by the caller
     * @param name of its file, in a folder of PATH or of system programs
     * @param remedy for people who have not got it: what to install or do
     * @param seconds that it may take
     */
    public static HostProgram in(Netns netns, String name, String remedy, int seconds) {
        return new HostProgram(netns, name, remedy, seconds);
    }

    /** Whether it is installed. */
    public boolean isInstalled() {
        return find().isExecutable();
    }

    /**
     * Runs it to its end.
     *
     * @param input for its standard input; little enough for a pipe to hold while nobody reads
     * @return what it printed
     * @throws ProgramException when it is missing, fails, or takes too long
     */
    public String run(String input, String... arguments) throws ProgramException {
        Found found = find();
        if (!found.isExecutable()) {
            throw new ProgramException(
                    name + " is not installed (looked in " + found.folders() + "): " + remedy);
        }
        List<String> command = new ArrayList<>();
        command.add(found.file().toString());
        command.addAll(List.of(arguments));
        Process process = null;
        try {
            process = netns.<Process, IOException>call(() -> start(command));
            return finish(process, String.join(" ", command), input);
        } catch (IOException e) {
            throw e instanceof ProgramException known
                    ? known
                    : new ProgramException("cannot run " + name + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ProgramException("interrupted while " + name + " ran", e);
        } finally {
            if (process != null) {
                process.destroyForcibly();
            }
        }
    }

    private record Found(Path file, Set<Path> folders) {
        boolean isExecutable() {
            return Files.isExecutable(file);
        }
    }

    /** The folders of PATH, and those of system programs, which the PATH of a service may lack. */
    private Found find() {
        Set<Path> folders = new LinkedHashSet<>();
        String path = System.getenv("PATH");
        if (path != null) {
            for (String folder : path.split(":", -1)) {
                if (folder.startsWith("/")) {
                    folders.add(Path.of(folder));
                }
            }
        }
        folders.add(Path.of("/usr/sbin"));
        folders.add(Path.of("/sbin"));
        for (Path folder : folders) {
            Path program = folder.resolve(name);
            if (Files.isExecutable(program)) {
                return new Found(program, folders);
            }
        }
        return new Found(Path.of("/usr/sbin", name), folders);
    }

    private static Process start(List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        // Messages are matched by nobody, but people read them in bug reports.
        builder.environment().put("LC_ALL", "C");
        return builder.start();
    }

    private String finish(Process process, String what, String input)
            throws IOException, InterruptedException {
        AtomicBoolean late = new AtomicBoolean();
        var watchdog =
                process.onExit()
                        .orTimeout(seconds, TimeUnit.SECONDS)
                        .exceptionally(_ -> {
                            late.set(true);
                            return process.destroyForcibly();
                        });
        String printed;
        try {
            printed = exchange(process, input);
        } catch (IOException e) {
            // Who kills it also closes what it is read by.
            throw late.get() ? tookTooLong(what) : e;
        }
        int status = process.waitFor();
        watchdog.cancel(false);
        if (late.get()) {
            throw tookTooLong(what);
        }
        if (status != 0) {
            throw new ProgramException(what + " ended with " + status + ": " + printed.strip());
        }
        return printed;
    }

    private static String exchange(Process process, String input) throws IOException {
        try (var stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // It ended without reading: its exit status says why.
        }
        try (var stdout = process.getInputStream()) {
            return new String(stdout.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private ProgramException tookTooLong(String what) {
        return new ProgramException(
                what + " did not end within " + seconds + " s and was killed: try again");
    }
}
