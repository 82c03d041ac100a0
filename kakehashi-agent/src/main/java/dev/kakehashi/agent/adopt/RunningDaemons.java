package dev.kakehashi.agent.adopt;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Who looks after this node now: processes of the namespace of this one. */
public final class RunningDaemons {
    private RunningDaemons() {}

    /** The process of Flannel, if one runs. */
    public static Optional<Long> flanneld() {
        return find(line -> Path.of(line.getFirst()).endsWith("flanneld"));
    }

    /** The process of the node's agent, if one runs. */
    public static Optional<Long> nodeAgent() {
        return find(line ->
                line.contains("--node")
                        && line.stream().anyMatch(word -> word.contains("kakehashi")));
    }

    private static Optional<Long> find(Predicate<List<String>> wanted) {
        return ProcessHandle.allProcesses()
                .map(ProcessHandle::pid)
                .filter(pid -> pid != ProcessHandle.current().pid())
                .filter(pid -> isHere(pid) && wanted.test(commandLine(pid)))
                .findFirst();
    }

    private static boolean isHere(long pid) {
        try {
            Path own = Files.readSymbolicLink(Path.of("/proc/thread-self/ns/net"));
            return own.equals(Files.readSymbolicLink(Path.of("/proc/" + pid + "/ns/net")));
        } catch (IOException e) {
            return false; // it has ended, or is not ours to look at
        }
    }

    private static List<String> commandLine(long pid) {
        try {
            String line = Files.readString(Path.of("/proc/" + pid + "/cmdline"));
            return line.isEmpty() ? List.of("?") : List.of(line.split("\0", -1));
        } catch (IOException e) {
            return List.of("?");
        }
    }
}
