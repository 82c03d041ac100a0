package dev.kakehashi.bench;

import dev.kakehashi.linux.netns.Netns;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A container as the plugins see it: an id and a named network namespace.
 *
 * @param id container id
 * @param netns the file its namespace is pinned to
 */
record Container(String id, Path netns) implements AutoCloseable {

    static Container make(String id) throws IOException {
        Path pin = Path.of("/run/netns", id);
        try (Netns netns = Netns.create()) {
            netns.pin(pin);
        }
        return new Container(id, pin);
    }

    /** Another container in the same namespace, which is closed with this one. */
    Container named(String otherId) {
        return new Container(otherId, netns);
    }

    @Override
    public void close() throws IOException {
        Netns.unpin(netns);
    }
}
