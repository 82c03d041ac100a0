package dev.kakehashi.ipam.dhcp.daemon;

import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.plugins.PluginHost;

import java.nio.file.Path;

/**
 * The host for a daemon in a container that sees the host's files below a directory.
 *
 * @param prefix of all paths of the host; may be empty
 */
record PrefixedHost(Netns netns, String prefix) implements PluginHost {
    @Override
    public Netns openNetns(String path) throws LinuxException {
        return Netns.open(file(path));
    }

    @Override
    public Path file(String path) {
        return Path.of(prefix + path);
    }
}
