package dev.kakehashi.agent.attach;

import dev.kakehashi.agent.pods.PodNamespaces;
import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.plugins.PluginHost;

import java.io.IOException;
import java.nio.file.Path;

/**
 * This process's own host, where the container's namespace is the one at the other end of a veth
 * pair, by whatever path the runtime named it.
 *
 * @param netns the host side; lent
 * @param namespaces where that of the container has been looked for
 * @param hostEnd the end of the pair on the host
 */
record PodHost(Netns netns, PodNamespaces namespaces, Link hostEnd) implements PluginHost {
    @Override
    public Netns openNetns(String path) throws LinuxException {
        try {
            return namespaces
                    .open(hostEnd.parentNetnsId().orElseThrow())
                    .orElseThrow(() ->
                            new LinuxException(
                                    Errno.ENOENT.number(),
                                    "open network namespace",
                                    "no name leads to that of " + hostEnd.name()));
        } catch (LinuxException e) {
            throw e;
        } catch (IOException e) {
            throw new LinuxException(
                    Errno.EIO.number(), "open network namespace", String.valueOf(e));
        }
    }

    @Override
    public Path file(String path) {
        return Path.of(path);
    }
}
