package dev.kakehashi.lab;

import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.SysMount;
import dev.kakehashi.linux.netns.Netns;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Removes a lab by what its name says must be there, not by what some file says was done: it works
 * on a whole lab, on a half-made one and on none.
 */
final class LabTeardown {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final Path CGROUPS = Path.of("/sys/fs/cgroup");

    /** Where containerd keeps the containers of Kubernetes unless told otherwise. */
    private static final String CONTAINERS = "k8s.io";

    private final LabDirectory directory;
    private final Progress progress;

    LabTeardown(LabDirectory directory, Progress progress) {
        this.directory = directory;
        this.progress = progress;
    }

    void run() throws IOException {
        List<ProcessHandle> processes = LabProcesses.of(directory.lab());
        if (!processes.isEmpty()) {
            progress.step("ending " + processes.size() + " processes");
            LabProcesses.end(processes, PATIENCE);
        }
        progress.step("removing namespaces");
        unpinMountNamespaces();
        unpinNetns();
        removeDirectory();
        removeCgroups();
    }

    /**
     * What a killed container runtime leaves. Only empty ones can be removed, so that nobody else's
     * are.
     */
    private static void removeCgroups() throws IOException {
        List<Path> groups = new ArrayList<>(List.of(CGROUPS.resolve(CONTAINERS)));
        try (DirectoryStream<Path> controllers =
                Files.newDirectoryStream(CGROUPS, Files::isDirectory)) {
            controllers.forEach(controller -> groups.add(controller.resolve(CONTAINERS)));
        }
        for (Path group : groups) {
            if (Files.isDirectory(group)) {
                try (DirectoryStream<Path> containers =
                        Files.newDirectoryStream(group, Files::isDirectory)) {
                    for (Path container : containers) {
                        deleteIfUnused(container);
                    }
                }
                deleteIfUnused(group);
            }
        }
    }

    private static void deleteIfUnused(Path group) {
        try {
            Files.deleteIfExists(group);
        } catch (IOException e) {
            // EBUSY: it has processes (cgroups(7)).
            return;
        }
    }

    private void unpinMountNamespaces() throws IOException {
        Path nodes = directory.path().resolve("nodes");
        if (!Files.isDirectory(nodes)) {
            return;
        }
        try (DirectoryStream<Path> each = Files.newDirectoryStream(nodes)) {
            for (Path node : each) {
                unmount(node.resolve("mnt"));
            }
        }
    }

    /** The namespaces' links go with them; pods' namespaces went with the nodes' mounts. */
    private void unpinNetns() throws IOException {
        Path folder = LabDirectory.netns("x").getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            return;
        }
        try (DirectoryStream<Path> pins =
                Files.newDirectoryStream(folder, directory.lab() + "-*")) {
            for (Path pin : pins) {
                if (LabTopology.isNetnsOf(directory.lab(), pin.getFileName().toString())) {
                    Netns.unpin(pin);
                }
            }
        }
    }

    private void removeDirectory() throws IOException {
        List<String> made = MachineFolders.madeBy(directory);
        unmount(directory.path());
        deleteAll(directory.path());
        MachineFolders.leave(made);
    }

    private static void unmount(Path path) throws IOException {
        try {
            SysMount.umount2(path.toString(), SysMount.MNT_DETACH);
        } catch (LinuxException e) {
            if (!e.is(Errno.EINVAL) && !e.is(Errno.ENOENT)) { // nothing mounted, or no such file
                throw e;
            }
        }
    }

    private static void deleteAll(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        Files.walkFileTree(
                root,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.delete(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(
                            Path folder, @org.jspecify.annotations.Nullable IOException failure)
                            throws IOException {
                        if (failure != null) {
                            throw failure;
                        }
                        Files.delete(folder);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }
}
