package dev.kakehashi.linux.iptables;

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

/**
 * The iptables rules of one network namespace. Rules are the lines of {@code iptables-save(8)}, and
 * changes are lines for {@code iptables-restore(8)}: whole batches, since each run of a program
 * costs milliseconds, takes a lock that all share, and reads and writes whole tables.
 */
public final class Iptables {
    /** How long to wait for the lock that all users of iptables share, in seconds. */
    private static final int LOCK_SECONDS = 30;

    private static final int RUN_SECONDS = LOCK_SECONDS + 25;

    private final Netns netns;
    private final IptablesFamily family;
    private final Set<Path> folders;

    private Iptables(Netns netns, IptablesFamily family, Set<Path> folders) {
        this.netns = netns;
        this.family = family;
        this.folders = folders;
    }

    /**
     * The rules of a namespace.
     *
     * @param netns stays owned by the caller
     */
    public static Iptables in(Netns netns, IptablesFamily family) {
        return new Iptables(netns, family, searchPath(System.getenv("PATH")));
    }

    /** The folders of PATH, and those of system programs, which the PATH of a service may lack. */
    private static Set<Path> searchPath(String path) {
        Set<Path> folders = new LinkedHashSet<>();
        if (path != null) {
            for (String folder : path.split(":", -1)) {
                if (folder.startsWith("/")) {
                    folders.add(Path.of(folder));
                }
            }
        }
        folders.add(Path.of("/usr/sbin"));
        folders.add(Path.of("/sbin"));
        return folders;
    }

    /**
     * Whether the programs are installed and work here. Equivalent to: {@code iptables -S INPUT}.
     */
    public boolean isUsable() {
        try {
            run("", "", "--wait", "-S", "INPUT", "1");
            return true;
        } catch (IptablesException e) {
            return false;
        }
    }

    /**
     * A table's chains and rules, a line each. Equivalent to: {@code iptables-save -t TABLE}.
     *
     * @throws IptablesException when the program is missing or fails
     */
    public List<String> save(String table) throws IptablesException {
        return run("-save", "", "-t", table).lines().toList();
    }

    /**
     * Changes a table, all of it or nothing; no changes do nothing. Equivalent to: {@code
     * iptables-restore --noflush}.
     *
     * @param changes commands as {@code -A CHAIN …}, {@code -D CHAIN …}; {@code :CHAIN - [0:0]}
     *     makes a chain and empties one that is there
     * @throws IptablesException when the program is missing or refuses a line
     */
    public void restore(String table, List<String> changes) throws IptablesException {
        if (changes.isEmpty()) {
            return;
        }
        String input = "*" + table + "\n" + String.join("\n", changes) + "\nCOMMIT\n";
        run("-restore", input, "--noflush", "--wait", Integer.toString(LOCK_SECONDS));
    }

    private String run(String suffix, String input, String... arguments) throws IptablesException {
        String name = family.program() + suffix;
        List<String> command = new ArrayList<>();
        command.add(find(name).toString());
        command.addAll(List.of(arguments));
        Process process = null;
        try {
            process = netns.<Process, IOException>call(() -> start(command));
            return finish(process, String.join(" ", command), input);
        } catch (IOException e) {
            throw e instanceof IptablesException known
                    ? known
                    : new IptablesException("cannot run " + name + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IptablesException("interrupted while " + name + " ran", e);
        } finally {
            if (process != null) {
                process.destroyForcibly();
            }
        }
    }

    private Path find(String name) throws IptablesException {
        for (Path folder : folders) {
            Path program = folder.resolve(name);
            if (Files.isExecutable(program)) {
                return program;
            }
        }
        throw new IptablesException(
                name
                        + " is not installed (looked in "
                        + folders
                        + "): install the package iptables, or use nftables");
    }

    private static Process start(List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        // Messages are matched by nobody, but people read them in bug reports.
        builder.environment().put("LC_ALL", "C");
        return builder.start();
    }

    private static String finish(Process process, String what, String input)
            throws IOException, InterruptedException {
        var watchdog =
                process.onExit()
                        .orTimeout(RUN_SECONDS, TimeUnit.SECONDS)
                        .exceptionally(_ -> process.destroyForcibly());
        try (var stdin = process.getOutputStream()) {
            // Changes are few lines: they fit a pipe, so that writing all of them first is safe.
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // It ended without reading: its exit status says why.
        }
        String printed;
        try (var stdout = process.getInputStream()) {
            printed = new String(stdout.readAllBytes(), StandardCharsets.UTF_8);
        }
        int status = process.waitFor();
        if (watchdog.isCompletedExceptionally() || status != 0) {
            throw new IptablesException(what + " ended with " + status + ": " + printed.strip());
        }
        return printed;
    }
}
