package dev.kakehashi.plugins.plan;

import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.plugins.PluginHost;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Set;

/**
 * A host whose files are copies: what a plugin asks for is copied when it asks first, and changed
 * only there. Sockets are not copied, so that nobody is talked to; nor is what is mounted below,
 * such as the files of containers and handles of namespaces in {@code /run}; {@code /sys} and
 * {@code /proc} are only read by plugins and are the host's own.
 */
final class CopiedFiles implements PluginHost {

    /** Address files of a whole /16, and more: else somebody named a directory by mistake. */
    private static final int MOST_FILES = 200_000;

    private static final long LARGEST_FILE = 1 << 20;

    private final Netns netns;
    private final Path root;
    private final Set<Path> copied = new HashSet<>();
    private int files;

    CopiedFiles(Netns netns, Path root) {
        this.netns = netns;
        this.root = root;
    }

    @Override
    public Netns netns() {
        return netns;
    }

    @Override
    public Netns openNetns(String path) throws LinuxException {
        return Netns.open(Path.of(path));
    }

    @Override
    public Path file(String path) {
        Path real = Path.of(path).toAbsolutePath().normalize();
        if (real.startsWith("/sys") || real.startsWith("/proc")) {
            return real;
        }
        Path copy = root.resolve("/".equals(real.toString()) ? "" : real.toString().substring(1));
        if (real.getNameCount() > 0 && isNew(real)) {
            try {
                copy(real, copy);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot copy " + real + ": " + e.getMessage(), e);
            }
        }
        return copy;
    }

    private boolean isNew(Path path) {
        for (Path above = path; above != null; above = above.getParent()) {
            if (copied.contains(above)) {
                return false;
            }
        }
        return copied.add(path);
    }

    private void copy(Path from, Path to) throws IOException {
        if (!Files.exists(from, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Path parent = to.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        Path source = from.toRealPath();
        Object device = device(source);
        Files.walkFileTree(
                source,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(
                            Path directory, BasicFileAttributes attributes) throws IOException {
                        if (!device.equals(device(directory))) {
                            return FileVisitResult.SKIP_SUBTREE;
                        }
                        Files.createDirectories(there(directory));
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        if (++files > MOST_FILES) {
                            throw new IOException("more than " + MOST_FILES + " files");
                        }
                        if (attributes.isRegularFile()
                                && attributes.size() <= LARGEST_FILE
                                && device.equals(device(file))) {
                            Files.copy(file, there(file));
                        }
                        return FileVisitResult.CONTINUE;
                    }

                    private Path there(Path path) {
                        return to.resolve(source.relativize(path).toString()).normalize();
                    }
                });
    }

    /** On which file system it is. */
    private static Object device(Path path) throws IOException {
        return Files.getAttribute(path, "unix:dev", LinkOption.NOFOLLOW_LINKS);
    }
}
