package dev.kakehashi.agent.install;

import dev.kakehashi.linux.file.AtomicFile;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Puts the programs and plugins on a node: whole and beside what is there first, then in its place,
 * each by one rename. A runtime that calls a plugin meanwhile finds the old one or the new one;
 * calls that run go on with what they began with. Nothing is done twice.
 *
 * <p>The CNI configuration is not among it: the node's agent writes it once pods may come.
 */
public final class NodeInstall {
    private static final String AGENT = "kakehashi-agent";

    private final Release release;
    private final NodePaths node;
    private final List<String> done = new ArrayList<>();

    private NodeInstall(Release release, NodePaths node) {
        this.release = release;
        this.node = node;
    }

    /**
     * Installs.
     *
     * @param home what a build left
     * @return what was done, a line each
     */
    public static List<String> run(Path home, NodePaths node) throws IOException {
        NodeInstall install = new NodeInstall(Release.at(home), node);
        install.unpack();
        Optional<String> before = install.current();
        install.putPlugins();
        install.link();
        install.tellLinkManagers();
        install.removeReleasesBut(before);
        return install.done;
    }

    private Path target() {
        return node.releases().resolve(release.id());
    }

    private void unpack() throws IOException {
        if (Files.isDirectory(target())) {
            return;
        }
        Files.createDirectories(node.releases());
        Path part = node.releases().resolve("." + release.id() + ".part");
        Trees.delete(part);
        Set<Path> folders = new HashSet<>();
        Optional<Path> front = Optional.empty();
        for (Path file : release.files()) {
            Path from = release.home().resolve(file);
            Path to = part.resolve(file);
            folders.add(Files.createDirectories(to.resolveSibling("")));
            boolean plugin = file.startsWith("cni");
            if (plugin && front.isPresent() && Files.mismatch(from, front.get()) == -1) {
                Files.createLink(to, front.get());
                continue;
            }
            copy(from, to);
            if (plugin) {
                front = Optional.of(to);
            }
        }
        for (Path folder : folders) {
            AtomicFile.sync(folder);
        }
        Files.move(part, target(), StandardCopyOption.ATOMIC_MOVE);
        AtomicFile.sync(node.releases());
        done.add("put release " + release.id() + " into " + node.releases());
    }

    /** With its time, by which an ahead-of-time cache knows it. */
    private static void copy(Path from, Path to) throws IOException {
        Files.copy(from, to, StandardCopyOption.COPY_ATTRIBUTES);
        try (FileChannel channel = FileChannel.open(to, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** The release that is in use. */
    private Optional<String> current() throws IOException {
        Path link = node.commands().resolve(AGENT);
        if (!Files.isSymbolicLink(link)) {
            return Optional.empty();
        }
        Path release = link.resolveSibling(Files.readSymbolicLink(link)).normalize();
        return node.releases().equals(release.resolve("../../..").normalize())
                ? Optional.of(release.resolve("../..").normalize().getFileName().toString())
                : Optional.empty();
    }

    private void putPlugins() throws IOException {
        Files.createDirectories(node.plugins());
        Optional<Path> put = Optional.empty();
        for (Path plugin : release.in("cni")) {
            Path from = target().resolve(plugin);
            Path to = node.plugins().resolve(plugin.getFileName());
            if (Files.exists(to) && Files.mismatch(from, to) == -1) {
                continue;
            }
            keepForeign(to);
            Path part = to.resolveSibling("." + to.getFileName() + ".kakehashi");
            Files.deleteIfExists(part);
            if (put.isPresent() && Files.mismatch(put.get(), from) == -1) {
                Files.createLink(part, put.get());
            } else {
                copy(from, part);
                put = Optional.of(to);
            }
            Files.move(part, to, StandardCopyOption.ATOMIC_MOVE);
            done.add("put " + to);
        }
        AtomicFile.sync(node.plugins());
    }

    /** A plugin of others is put aside, for the day when ours go. */
    private void keepForeign(Path plugin) throws IOException {
        Path kept = node.replaced().resolve(plugin.getFileName());
        if (!Files.exists(plugin) || Files.exists(kept) || node.isOurs(plugin)) {
            return;
        }
        Files.createDirectories(node.replaced());
        Path part = kept.resolveSibling("." + kept.getFileName());
        Files.copy(
                plugin,
                part,
                StandardCopyOption.COPY_ATTRIBUTES,
                StandardCopyOption.REPLACE_EXISTING);
        Files.move(part, kept, StandardCopyOption.ATOMIC_MOVE);
        done.add("kept the " + plugin + " that was there as " + kept);
    }

    private void link() throws IOException {
        Files.createDirectories(node.commands());
        for (Path command : release.in("bin")) {
            Path link = node.commands().resolve(command.getFileName());
            Path to = Path.of("..", "releases", release.id()).resolve(command);
            if (Files.isSymbolicLink(link) && Files.readSymbolicLink(link).equals(to)) {
                continue;
            }
            Path part = link.resolveSibling("." + link.getFileName());
            Files.deleteIfExists(part);
            Files.createSymbolicLink(part, to);
            Files.move(part, link, StandardCopyOption.ATOMIC_MOVE);
            done.add("linked " + link + " to " + to);
        }
        AtomicFile.sync(node.commands());
    }

    private void tellLinkManagers() throws IOException {
        for (Path file : new LinkManagers(node.volatileData()).tell(release.home())) {
            done.add("put " + file + ": our devices are left alone");
        }
    }

    /** The one before stays: an agent that was started on demand may still run out of it. */
    private void removeReleasesBut(Optional<String> before) throws IOException {
        for (Path other : NodePaths.entries(node.releases())) {
            String id = other.getFileName().toString();
            boolean unfinished = id.startsWith("."); // another installation's, perhaps
            if (!unfinished && !id.equals(release.id()) && !before.equals(Optional.of(id))) {
                Trees.delete(other);
                done.add("removed release " + id);
            }
        }
    }
}
