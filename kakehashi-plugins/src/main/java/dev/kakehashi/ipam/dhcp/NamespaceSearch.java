package dev.kakehashi.ipam.dhcp;

import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.SysStat;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.netns.NetnsId;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds a network namespace that has no path here: that of a container whose runtime lives in
 * another mount namespace. It is where a process is in it, or where a process of another mount
 * namespace sees the runtime's path lead to it (proc(5): {@code ns/net}, {@code root}). One that is
 * held by nothing but a descriptor, or by processes of another PID namespace, is out of sight.
 */
final class NamespaceSearch {

    private static final Path PROC = Path.of("/proc");

    private NamespaceSearch() {}

    /**
     * A path of this process that leads to the namespace now.
     *
     * @param seen the path that somebody else has for it
     */
    static Optional<Path> find(NetnsId id, String seen) {
        List<Path> processes = processes();
        for (Path process : processes) {
            Path netns = process.resolve("ns/net");
            if (is(netns, id)) {
                return Optional.of(netns);
            }
        }
        // A symbolic link to /run would be followed from the root of this process, not of that one.
        List<String> names =
                seen.startsWith("/var/run/")
                        ? List.of(seen, seen.substring("/var".length()))
                        : List.of(seen);
        Set<Long> looked = new HashSet<>();
        for (Path process : processes) {
            if (looked.add(mountNamespace(process))) {
                for (String name : names) {
                    Path candidate = Path.of(process + "/root" + name);
                    if (is(candidate, id)) {
                        return Optional.of(candidate);
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static List<Path> processes() {
        List<Path> processes = new ArrayList<>();
        try (DirectoryStream<Path> all =
                Files.newDirectoryStream(
                        PROC,
                        entry -> Character.isDigit(entry.getFileName().toString().charAt(0)))) {
            all.forEach(processes::add);
        } catch (IOException | DirectoryIteratorException e) {
            return List.of(); // without proc(5) nothing is found
        }
        return processes;
    }

    /** -1 for a process that is gone. */
    private static long mountNamespace(Path process) {
        try {
            return SysStat.stat(process + "/ns/mnt").inode();
        } catch (LinuxException e) {
            return -1;
        }
    }

    private static boolean is(Path path, NetnsId id) {
        try {
            return Netns.id(path).equals(id);
        } catch (LinuxException e) {
            return false; // gone, or not for us to see
        }
    }
}
