package dev.kakehashi.ipam;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.plugins.PluginHost;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A caller's files, for an address plugin, which looks at no namespace. */
final class FileHost implements PluginHost {
    private final Path root;
    private final List<String> reservedWhenRemembered = new ArrayList<>();
    private int remembered;

    /**
     * A host.
     *
     * @param root the caller's root directory
     */
    FileHost(Path root) {
        this.root = root;
    }

    @Override
    public Path file(String path) {
        return root.resolve(Path.of(path).toString().replaceFirst("^/", ""));
    }

    @Override
    public synchronized void rememberBeyondBoot() throws CniException {
        remembered++;
        try (Stream<Path> files = Files.walk(root)) {
            files.filter(Files::isRegularFile)
                    .forEach(file -> reservedWhenRemembered.add(file.toString()));
        } catch (IOException e) {
            throw new CniException(CniException.IO_FAILURE, String.valueOf(e), e);
        }
    }

    /** How often it was to be remembered beyond the boot. */
    synchronized int remembered() {
        return remembered;
    }

    /** The files that there were by then. */
    synchronized List<String> reservedWhenRemembered() {
        return reservedWhenRemembered;
    }

    @Override
    public Netns netns() {
        throw new UnsupportedOperationException("an address plugin needs no network namespace");
    }

    @Override
    public Netns openNetns(String path) {
        throw new UnsupportedOperationException("an address plugin needs no network namespace");
    }
}
