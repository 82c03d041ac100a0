package dev.kakehashi.conformance.stage;

import dev.kakehashi.linux.netns.Netns;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A container: an id, and a namespace with a path that can go away before the container is deleted.
 */
public final class Pod {
    private final String id;
    private final Netns netns;
    private final Path path;

    private Pod(String id, Netns netns, Path path) {
        this.id = id;
        this.netns = netns;
        this.path = path;
    }

    /**
     * A container with a fresh namespace. Its path is a symbolic link to this process's descriptor:
     * nothing is mounted, so nothing stays behind when the suite is killed.
     */
    static Pod create(String id, Path folder) throws IOException {
        Netns netns = Netns.create();
        Path path = folder.resolve(id);
        Files.createSymbolicLink(
                path,
                Path.of("/proc/" + ProcessHandle.current().pid() + "/fd/" + netns.fd().number()));
        return new Pod(id, netns, path);
    }

    /** CNI_CONTAINERID. */
    public String id() {
        return id;
    }

    /** CNI_NETNS. */
    public String path() {
        return path.toString();
    }

    /** The namespace. */
    public Netns netns() {
        return netns;
    }

    /** Takes the namespace away, as a host does that was started again. */
    public void end() throws IOException {
        Files.deleteIfExists(path);
        netns.close();
    }
}
