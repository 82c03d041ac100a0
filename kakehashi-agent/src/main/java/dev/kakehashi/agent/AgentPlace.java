package dev.kakehashi.agent;

import dev.kakehashi.agent.attach.AttachClient;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How an agent comes to the place of the one agent of a socket. One on demand leaves it to whoever
 * has it. A resident one asks for it again and again, for who holds it may only be about to serve,
 * and hear no question yet; and it waits for one that answers its last requests.
 */
final class AgentPlace {
    private static final Logger LOG = System.getLogger(AgentPlace.class.getName());

    /** For one that says it stays: it may be told to end right now. */
    private static final Duration STAYS_PATIENCE = Duration.ofSeconds(4);

    /** For one that says nothing or that it goes: longer than an agent waits for its requests. */
    private static final Duration SILENT_PATIENCE = Duration.ofSeconds(40);

    private static final Duration ASK_AGAIN = Duration.ofMillis(100);

    private final Path socket;
    private final boolean onDemand;

    AgentPlace(Path socket, boolean onDemand) {
        this.socket = socket;
        this.onDemand = onDemand;
    }

    /**
     * Waits for the place.
     *
     * @return empty when another agent has it and keeps it
     */
    Optional<AgentLock> take() throws IOException, InterruptedException {
        Path file = Path.of(socket + ".lock");
        long begun = System.nanoTime();
        Optional<AgentLock> place = AgentLock.take(file, Duration.ZERO);
        if (place.isEmpty() && !onDemand) {
            LOG.log(Level.INFO, "another agent has the place at {0}: asks it to leave", socket);
        }
        while (place.isEmpty()) {
            if (System.nanoTime() - begun > patience().toNanos()) {
                return Optional.empty();
            }
            place = AgentLock.take(file, ASK_AGAIN);
        }
        return place;
    }

    /** How long to wait in all, by what the other one says now. */
    private Duration patience() {
        if (onDemand) {
            return AttachClient.isServed(socket) ? Duration.ZERO : SILENT_PATIENCE;
        }
        return switch (AttachClient.askToLeave(socket)) {
            case STAYS -> STAYS_PATIENCE;
            case LEAVES, SILENT -> SILENT_PATIENCE;
        };
    }
}
