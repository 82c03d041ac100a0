package dev.kakehashi.agent.attach;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.TestNamespaces;

import java.io.IOException;
import java.util.Optional;

/** Where the programs of a bed run: a network namespace, and mounts of its own if need be. */
final class BedHost {
    private final Netns netns;
    private Optional<OwnRun> ownRun = Optional.empty();

    private BedHost(Netns netns) {
        this.netns = netns;
    }

    static BedHost make(TestNamespaces namespaces) throws IOException {
        Netns netns = namespaces.create();
        TestNamespaces.run(netns, "ip", "link", "set", "lo", "up");
        return new BedHost(netns);
    }

    Netns netns() {
        return netns;
    }

    /**
     * From now on the programs have an empty {@code /run} to themselves, in a mount namespace of
     * their own.
     */
    OwnRun ownRun() throws IOException {
        if (ownRun.isEmpty()) {
            ownRun = Optional.of(OwnRun.make());
        }
        return ownRun.get();
    }

    /** Starts a program on it. */
    Process start(ProcessBuilder builder) throws IOException {
        ownRun.ifPresent(run -> builder.command().addAll(0, run.entering()));
        return netns.<Process, IOException>call(builder::start);
    }

    /** Gives up the mounts; the namespace ends with the test. */
    void close() {
        ownRun.ifPresent(OwnRun::close);
        ownRun = Optional.empty();
    }
}
