package dev.kakehashi.ipam.dhcp;

import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.plugins.PluginHost;

import java.nio.file.Path;

/** A host whose files are below a directory. */
record JailedHost(Netns netns, Path root) implements PluginHost {
    @Override
    public Netns openNetns(String path) throws LinuxException {
        return Netns.open(Path.of(path));
    }

    @Override
    public Path file(String path) {
        return root.resolve(path.substring(1));
    }
}
