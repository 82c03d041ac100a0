package dev.kakehashi.lab;

import dev.kakehashi.linux.SysMount;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** Makes the folders of a lab, and those of the machine that its nodes hide. */
record LabFolders(LabDirectory directory, List<Path> hidden) {
    /** With those folders that a node of every lab hides. */
    LabFolders(LabDirectory directory) {
        this(directory, LabDirectory.HIDDEN);
    }

    void make(List<LabNode> nodes) throws IOException {
        Path path = directory.path();
        Files.createDirectories(path);
        // In memory: what agents write through to the disk, for twenty nodes at once, is worth
        // nothing after a crash of the machine. And it is gone with one unmount.
        SysMount.mount("kakehashi-lab", path.toString(), "tmpfs", SysMount.MS_NOSUID);
        // A mount namespace can be pinned only on a mount that does not propagate to others
        // (mount_namespaces(7)); systemd makes all mounts shared.
        SysMount.mount("none", path.toString(), "none", SysMount.MS_PRIVATE);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
        MachineFolders.make(directory, hidden);
        for (LabNode node : nodes) {
            for (Path folder : hidden) {
                Files.createDirectories(directory.inPlaceOf(node.name(), folder));
            }
        }
        Files.createDirectories(directory.store());
        Files.createDirectories(directory.pods());
    }

    List<NodeSandbox.Bind> binds(LabNode node) {
        return hidden.stream()
                .map(h -> new NodeSandbox.Bind(directory.inPlaceOf(node.name(), h), h))
                .toList();
    }
}
