package dev.kakehashi.agent.attach;

import dev.kakehashi.linux.Fd;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Paths of the requester's file system as this process can open them. In another mount namespace a
 * path is walked from the descriptor of the requester's root directory ({@code /proc/self/fd/N},
 * proc(5)), which also leads through what is mounted below it there. Symbolic links are followed
 * here, because the kernel would take an absolute one from this process's own root.
 */
final class RequesterFiles {
    /** As the kernel: path_resolution(7). */
    private static final int LINK_LIMIT = 40;

    private final @Nullable Fd root;
    private final String directory;

    private RequesterFiles(@Nullable Fd root, String directory) {
        this.root = root;
        this.directory = directory;
    }

    /**
     * Files of this process's own mount namespace and root.
     *
     * @param directory what relative paths are relative to
     */
    static RequesterFiles own(String directory) {
        return new RequesterFiles(null, directory);
    }

    /** Files below the descriptor of a root directory; it stays owned by the caller. */
    static RequesterFiles below(Fd root, String directory) {
        return new RequesterFiles(root, directory);
    }

    /** Where the file is for this process, whether it exists or not. */
    Path file(String path) {
        String absolute = path.startsWith("/") ? path : directory + "/" + path;
        if (root == null) {
            return Path.of(absolute);
        }
        Path base = Path.of("/proc/self/fd/" + root.number());
        return walk(base, absolute);
    }

    private static Path walk(Path base, String path) {
        Deque<String> ahead = new ArrayDeque<>();
        push(ahead, path);
        List<Path> trail = new ArrayList<>(); // trail.getLast() is where we are, links resolved
        trail.add(base);
        int links = 0;
        while (!ahead.isEmpty()) {
            String name = ahead.pop();
            if (name.equals("..")) {
                if (trail.size() > 1) {
                    trail.removeLast();
                }
                continue;
            }
            Path next = trail.getLast().resolve(name);
            String target = links < LINK_LIMIT ? linkTarget(next) : null;
            if (target == null) {
                trail.add(next);
                continue;
            }
            links++;
            if (target.startsWith("/")) {
                trail.subList(1, trail.size()).clear();
            }
            push(ahead, target);
        }
        return trail.getLast();
    }

    /** Puts the names of a path in front of those that are still ahead. */
    private static void push(Deque<String> ahead, String path) {
        String[] names = path.split("/", -1);
        for (int i = names.length - 1; i >= 0; i--) {
            if (!names[i].isEmpty() && !names[i].equals(".")) {
                ahead.push(names[i]);
            }
        }
    }

    private static @Nullable String linkTarget(Path path) {
        try {
            return Files.isSymbolicLink(path) ? Files.readSymbolicLink(path).toString() : null;
        } catch (IOException e) {
            return null; // whoever opens the path gets the reason
        }
    }
}
