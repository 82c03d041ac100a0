package dev.kakehashi.lab;

import java.util.EnumMap;
import java.util.Map;

/** How many processes are to be killed, and which were. Thread-safe. */
final class Kills {
    /** What a process was. */
    enum Victim {
        /** The agent of a node. */
        AGENT,
        /** An agent that a front binary started because the node's was dead. */
        AGENT_ON_DEMAND,
        /** A front binary, while it waited for the agent's answer or for an agent. */
        FRONT,
        /** A run without an agent. */
        ONE_SHOT
    }

    private final int wanted;
    private final Map<Victim, Integer> done = new EnumMap<>(Victim.class);

    Kills(int wanted) {
        this.wanted = wanted;
    }

    /** How many are still to be killed. */
    synchronized int left() {
        return wanted - done.values().stream().mapToInt(Integer::intValue).sum();
    }

    /**
     * Kills a process by SIGKILL (Process.destroyForcibly), if enough were not killed yet.
     *
     * @return whether it was killed; not if it had ended by itself
     */
    synchronized boolean kill(Victim victim, ProcessHandle process) {
        if (left() <= 0 || !process.isAlive() || !process.destroyForcibly()) {
            return false;
        }
        done.merge(victim, 1, Integer::sum);
        return true;
    }

    @Override
    public synchronized String toString() {
        return done.toString();
    }
}
