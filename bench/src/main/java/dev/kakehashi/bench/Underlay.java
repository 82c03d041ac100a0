package dev.kakehashi.bench;

import java.io.IOException;
import java.util.List;

/** The interface of the only node that is real, in the namespace of the measurement itself. */
final class Underlay implements AutoCloseable {
    /** Where the default route leads. */
    static final String ROUTER = "10.100.1.2";

    private Underlay() {}

    static Underlay make() throws IOException {
        Command.of("ip", "link", "add", "under0", "type", "veth", "peer", "name", "under1").run();
        Command.of("ip", "addr", "add", "10.100.1.1/16", "dev", "under0").run();
        Command.of("ip", "link", "set", "under0", "up").run();
        Command.of("ip", "link", "set", "under1", "up").run();
        Command.of("ip", "route", "add", "default", "via", ROUTER).run();
        return new Underlay();
    }

    /** Removes it, and what an agent made on it. */
    @Override
    public void close() throws IOException {
        for (String link : List.of("under0", "flannel.1", "cni0")) {
            var _ = Command.of("ip", "link", "del", link).start();
        }
        Processes.pause(1000);
    }
}
