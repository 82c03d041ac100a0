package dev.kakehashi.cni.plugin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;

/** Tells whether a path leads to the network namespace the plugin itself works in. */
@FunctionalInterface
public interface NetnsComparison {
    /** Whether the path is the plugin's own namespace; false when it leads nowhere. */
    boolean isOwn(String netns);

    /** Compares device and inode with the current thread's namespace (namespaces(7)). */
    static NetnsComparison ofCurrentThread() {
        return netns -> {
            try {
                return !netns.isEmpty()
                        && identity(netns).equals(identity("/proc/thread-self/ns/net"));
            } catch (IOException | InvalidPathException e) {
                return false;
            }
        };
    }

    private static Map<String, Object> identity(String path) throws IOException {
        return Files.readAttributes(Path.of(path), "unix:dev,ino");
    }
}
