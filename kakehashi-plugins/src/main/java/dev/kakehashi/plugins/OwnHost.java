package dev.kakehashi.plugins;

import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.netns.Netns;

import java.nio.file.Path;

/** The process's own files, and a given host side. */
record OwnHost(Netns netns) implements PluginHost {
    @Override
    public Netns openNetns(String path) throws LinuxException {
        return Netns.open(Path.of(path));
    }

    @Override
    public Path file(String path) {
        return Path.of(path);
    }
}
