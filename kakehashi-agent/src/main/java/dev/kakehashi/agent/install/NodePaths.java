package dev.kakehashi.agent.install;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where a node has what is Kakehashi's.
 *
 * <pre>
 * /opt/kakehashi/releases/ID/     what a build left: bin, cni, jre, lib, share
 *               /bin/NAME         a link into the release in use
 *               /replaced/TYPE    plugins of others that stood where ours are
 * /opt/cni/bin/TYPE               the plugins
 * /run/systemd, /run/NetworkManager  what others are told of our devices ({@link LinkManagers})
 * </pre>
 *
 * @param root the node's root directory, as this process sees it
 */
public record NodePaths(Path root) {
    /** The folder that plugins look into for the agent that they start when there is none. */
    Path home() {
        return root.resolve("opt/kakehashi");
    }

    Path releases() {
        return home().resolve("releases");
    }

    Path commands() {
        return home().resolve("bin");
    }

    Path replaced() {
        return home().resolve("replaced");
    }

    Path plugins() {
        return root.resolve("opt/cni/bin");
    }

    Path configurations() {
        return root.resolve("etc/cni/net.d");
    }

    Path state() {
        return root.resolve("var/lib/kakehashi");
    }

    /** Where host-local keeps which addresses of a network are given. */
    Path addresses(String network) {
        return root.resolve("var/lib/cni/networks").resolve(network);
    }

    /** What ends with the machine. */
    Path volatileData() {
        return root.resolve("run");
    }

    Path run() {
        return volatileData().resolve("kakehashi");
    }

    /** Where the resident agent listens. */
    Path socket() {
        return run().resolve("agent.sock");
    }

    /** Whether a file in the plugins' folder is a front binary of a release on this node. */
    boolean isOurs(Path plugin) throws IOException {
        for (Path release : entries(releases())) {
            Path front = release.resolve("cni").resolve(plugin.getFileName());
            if (Files.isRegularFile(front) && Files.mismatch(front, plugin) == -1) {
                return true;
            }
        }
        return false;
    }

    /** What is in a folder, by name; nothing if there is none. */
    static List<Path> entries(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.sorted().toList();
        }
    }
}
