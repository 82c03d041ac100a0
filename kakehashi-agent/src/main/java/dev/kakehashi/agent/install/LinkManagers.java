package dev.kakehashi.agent.install;

import dev.kakehashi.linux.file.AtomicFile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The programs that manage a host's links, NetworkManager, systemd-networkd and udev, are told to
 * leave ours alone: by files in the node's {@code /run}, where they look beside {@code /etc}
 * (systemd.network(5), systemd.link(5), networkd.conf(5), NetworkManager.conf(5)) and which ends
 * with the machine. They read them when they start, which is when networkd would remove what it did
 * not make, and udev for each new link.
 */
final class LinkManagers {
    private static final String TOLD = "share/host";
    private static final int MODE = 0644;

    /** Below {@code /run}. */
    private static final List<Path> FILES =
            List.of(
                    Path.of("systemd/network/10-kakehashi.link"),
                    Path.of("systemd/network/10-kakehashi.network"),
                    Path.of("systemd/networkd.conf.d/90-kakehashi.conf"),
                    Path.of("NetworkManager/conf.d/90-kakehashi.conf"));

    private final Path run;

    /**
     * Of a node.
     *
     * @param run its {@code /run}
     */
    LinkManagers(Path run) {
        this.run = run;
    }

    /**
     * Tells those that run on the node, by their folder in {@code /run}.
     *
     * @param home what a build left
     * @return what was written
     */
    List<Path> tell(Path home) throws IOException {
        List<Path> written = new ArrayList<>();
        for (Path file : FILES) {
            Path from = home.resolve(TOLD).resolve(file);
            Path to = run.resolve(file);
            boolean there = Files.isDirectory(run.resolve(file.getName(0)));
            if (!there || (Files.exists(to) && Files.mismatch(from, to) == -1)) {
                continue;
            }
            Files.createDirectories(to.resolveSibling(""));
            AtomicFile.write(to, Files.readAllBytes(from), MODE);
            written.add(to);
        }
        return written;
    }

    /** What they were told. */
    List<Path> told() {
        return FILES.stream().map(run::resolve).filter(Files::exists).toList();
    }
}
