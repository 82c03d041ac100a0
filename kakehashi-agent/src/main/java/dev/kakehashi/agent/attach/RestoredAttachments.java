package dev.kakehashi.agent.attach;

import dev.kakehashi.state.engine.Healing;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Says what was put right of whom, and knows with whom it is no use. On one thread only. */
final class RestoredAttachments {
    private static final Logger LOG = System.getLogger(AttachmentKeeper.class.getName());

    /** Who changes the same more often in this time is left alone for that long. */
    private static final int PATIENCE = 10;

    private static final Duration QUARREL = Duration.ofSeconds(20);

    private final Map<String, Deque<Long>> restored = new HashMap<>();
    private final Map<String, String> troubles = new HashMap<>();

    /** Whether somebody keeps changing it as often as it is put right. */
    boolean isQuarrel(String owner) {
        Deque<Long> times = restored.get(owner);
        if (times == null) {
            return false;
        }
        long now = System.nanoTime();
        times.removeIf(time -> now - time > QUARREL.toNanos());
        if (times.isEmpty()) {
            restored.remove(owner);
        }
        return times.size() >= PATIENCE;
    }

    /** Forgets all others. */
    void retain(Set<String> owners) {
        restored.keySet().retainAll(owners);
        troubles.keySet().retainAll(owners);
    }

    /** After a look. */
    void tell(String owner, Healing healing) {
        if (!healing.steps().isEmpty()) {
            Deque<Long> times = restored.computeIfAbsent(owner, _ -> new ArrayDeque<>());
            times.add(System.nanoTime());
            LOG.log(
                    Level.WARNING,
                    "pod {0}: changed by others, put right: {1}{2}",
                    owner,
                    healing.steps().stream()
                            .flatMap(step -> step.commands().stream())
                            .collect(Collectors.joining("; ")),
                    times.size() == PATIENCE
                            ? "; somebody keeps changing it: left alone for a while"
                            : "");
        }
        String trouble =
                Stream.concat(
                                healing.conflicts().stream().map(Object::toString),
                                healing.failures().stream()
                                        .map(failure -> String.valueOf(failure.getMessage())))
                        .collect(Collectors.joining("; "));
        if (trouble.isEmpty()) {
            troubles.remove(owner);
        } else {
            cannot(owner, trouble);
        }
    }

    /** After a look that was none, or changed nothing: once for each reason. */
    void cannot(String owner, String why) {
        if (!why.equals(troubles.put(owner, why))) {
            LOG.log(Level.WARNING, "pod {0}: cannot be put right: {1}", owner, why);
        }
    }
}
