package dev.kakehashi.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The processes of a lab, known by a variable in their environment, which their children inherit:
 * it finds them also when nobody was left to write their numbers down.
 */
final class LabProcesses {
    /** Set in each process of a lab to the lab's name. */
    static final String VARIABLE = "KAKEHASHI_LAB";

    private static final Set<String> OF_THE_MACHINE =
            Set.of(
                    "KAKEHASHI_SOCKET",
                    "KAKEHASHI_STATE",
                    "KAKEHASHI_AGENT",
                    "KAKEHASHI_IDLE",
                    "KAKEHASHI_JAVA_OPTS");

    /** How long the kernel may take to end what was killed. */
    private static final Duration KILL_PATIENCE = Duration.ofSeconds(5);

    private LabProcesses() {}

    /**
     * Makes the environment of this process that of one of the lab. What tells our programs where
     * the machine's own agent is does not hold in a node.
     */
    static void enter(Map<String, String> environment, String lab) {
        environment.keySet().removeIf(OF_THE_MACHINE::contains);
        environment.put(VARIABLE, lab);
    }

    /**
     * All living processes of a lab but this one, and what they started: a container runtime gives
     * containers an environment of their own.
     */
    static List<ProcessHandle> of(String lab) throws IOException {
        Set<ProcessHandle> found = new LinkedHashSet<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path entry : entries) {
                long pid = Long.parseLong(entry.getFileName().toString());
                if (pid != ProcessHandle.current().pid() && belongs(entry, lab)) {
                    ProcessHandle.of(pid)
                            .ifPresent(process -> {
                                found.add(process);
                                process.descendants().forEach(found::add);
                            });
                }
            }
        }
        return List.copyOf(found);
    }

    private static boolean belongs(Path process, String lab) {
        try {
            String environment =
                    new String(
                            Files.readAllBytes(process.resolve("environ")),
                            StandardCharsets.ISO_8859_1);
            return ("\0" + environment).contains("\0" + VARIABLE + "=" + lab + "\0");
        } catch (IOException e) {
            // It ended while we looked.
            return false;
        }
    }

    /** Asks all to end, and after {@code patience} ends those that did not. */
    static void end(List<ProcessHandle> processes, Duration patience) throws IOException {
        processes.forEach(ProcessHandle::destroy);
        if (!awaitEnd(processes, patience)) {
            processes.stream().filter(LabProcesses::runs).forEach(ProcessHandle::destroyForcibly);
            awaitEnd(processes, KILL_PATIENCE);
        }
    }

    private static boolean awaitEnd(List<ProcessHandle> processes, Duration patience)
            throws IOException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (processes.stream().anyMatch(LabProcesses::runs)) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            Pause.shortly();
        }
        return true;
    }

    /**
     * Whether a process has more than its exit status left: who inherited an agent may take long to
     * ask for that (proc(5), stat: the state stands behind the name in parentheses).
     */
    private static boolean runs(ProcessHandle process) {
        try {
            String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
            char state = stat.charAt(stat.lastIndexOf(')') + 2);
            return state != 'Z' && state != 'X';
        } catch (IOException e) {
            return false;
        }
    }

    /** The last lines of a log, for an error message. */
    static String tail(Path log, int lines) {
        try {
            List<String> all = Files.readAllLines(log, StandardCharsets.UTF_8);
            return String.join("\n", all.subList(Math.max(0, all.size() - lines), all.size()));
        } catch (IOException e) {
            return "(" + log + " cannot be read: " + e.getMessage() + ")";
        }
    }

    /** The process of a lab whose command line has a word. */
    static Optional<ProcessHandle> find(String lab, String word) throws IOException {
        for (ProcessHandle process : of(lab)) {
            Path commandLine = Path.of("/proc", Long.toString(process.pid()), "cmdline");
            try {
                String text = Files.readString(commandLine, StandardCharsets.ISO_8859_1);
                if (("\0" + text).contains("\0" + word + "\0")) {
                    return Optional.of(process);
                }
            } catch (IOException e) {
                // It ended while we looked.
            }
        }
        return Optional.empty();
    }
}
