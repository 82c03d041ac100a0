package dev.kakehashi.state.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.NamespaceId;

import java.io.IOException;
import java.time.Duration;

/** Two namespaces with a scenery, an engine for them, and how they were before it. */
final class Site implements AutoCloseable {
    private final Netns host;
    private final Netns container;
    private final Engine home;
    private final Engine engine;
    private final StringBuilder history = new StringBuilder();
    private final String hostBefore;
    private final String containerBefore;

    private Site(Netns host, Netns container, String... more) throws IOException {
        this.host = host;
        this.container = container;
        Scenery.build(host);
        for (String command : more) {
            var _ = Snapshot.run(host, command);
        }
        var _ = Snapshot.run(container, "ip link set lo up");
        hostBefore = Snapshot.of(host);
        containerBefore = Snapshot.of(container);
        home = Engine.open(host);
        engine = home.with(NamespaceId.CONTAINER, container);
    }

    /**
     * A site of its own.
     *
     * @param more commands for what is there before besides the scenery
     */
    static Site create(String... more) throws IOException {
        Netns host = Netns.create();
        Netns container = Netns.create();
        return new Site(host, container, more);
    }

    Netns host() {
        return host;
    }

    Netns container() {
        return container;
    }

    Engine engine() {
        return engine;
    }

    /** As the engine does; what it was about to do is remembered for the message of a failure. */
    void reconcile(DesiredState desired, DesiredState unwanted) throws IOException {
        history.append("---\n").append(engine().plan(desired, unwanted));
        var _ = engine().reconcile(desired, unwanted);
    }

    /** As the engine does; what it was about to do is remembered for the message of a failure. */
    void apply(DesiredState desired) throws IOException {
        history.append("---\n").append(engine().plan(desired));
        var _ = engine().apply(desired);
    }

    /** As the engine does; what it was about to do is remembered for the message of a failure. */
    void remove(DesiredState unwanted) throws IOException {
        reconcile(DesiredState.EMPTY, unwanted);
    }

    /** Remembers something for the message of a failure. */
    void note(String text) {
        history.append(text).append('\n');
    }

    String history() {
        return history.toString();
    }

    /** As engine, but the plan ends before step {@code at}, with or without undoing. */
    Engine interrupted(int at, boolean undo) {
        int[] count = {0};
        StepHook hook =
                step -> {
                    if (count[0]++ < at) {
                        return;
                    }
                    if (undo) {
                        throw new Interruption();
                    }
                    throw new Crash();
                };
        return engine().with(hook);
    }

    void assertAsWanted(DesiredState desired) throws IOException {
        assertThat(engine().plan(desired)).hasToString("");
    }

    /** A second apply sends nothing, of which the kernel would have to tell others. */
    void assertNothingToDo(DesiredState desired) throws Exception {
        try (Eavesdropper host = Eavesdropper.listen(this.host);
                Eavesdropper container = Eavesdropper.listen(this.container)) {
            assertThat(engine().apply(desired).steps()).isEmpty();
            assertThat(host.heard()).isEmpty();
            assertThat(container.heard()).isEmpty();
        }
    }

    void assertAsFound() throws Exception {
        assertThat(home.awaitRemoval(Duration.ofSeconds(10))).isTrue();
        // The kernel tells of a lost carrier up to a second late.
        for (int i = 0; i < 30 && !Snapshot.of(host).equals(hostBefore); i++) {
            Thread.sleep(50);
        }
        Same.assertSame(Snapshot.of(host), hostBefore);
        Same.assertSame(Snapshot.of(container), containerBefore);
    }

    @Override
    public void close() {
        home.close();
        host.close();
        container.close();
    }

    /** A failure that the engine can answer. */
    static final class Interruption extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** As if the process ended: nobody undoes anything. */
    static final class Crash extends Error {
        private static final long serialVersionUID = 1L;
    }
}
