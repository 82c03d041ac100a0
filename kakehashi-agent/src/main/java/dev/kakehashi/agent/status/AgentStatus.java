package dev.kakehashi.agent.status;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * An agent at one moment.
 *
 * @param version of the program
 * @param pid its process
 * @param started when
 * @param socket where front binaries find it
 * @param process what the kernel says of the process
 * @param running CNI calls that are being served
 * @param calls CNI calls that were served
 * @param delegates what those delegated to plugins in the agent
 * @param node the node whose network it keeps, if it does
 */
public record AgentStatus(
        String version,
        long pid,
        Instant started,
        String socket,
        ProcessNumbers process,
        int running,
        List<Durations.Times> calls,
        List<Durations.Times> delegates,
        Optional<NodeStatus> node) {
    /** Copies the lists. */
    public AgentStatus {
        calls = List.copyOf(calls);
        delegates = List.copyOf(delegates);
    }

    /** An agent with the numbers of its calls. */
    public static AgentStatus of(
            String version,
            Instant started,
            String socket,
            CallTimes calls,
            Optional<NodeStatus> node) {
        return new AgentStatus(
                version,
                ProcessHandle.current().pid(),
                started,
                socket,
                ProcessNumbers.read(),
                calls.running(),
                calls.calls().all(),
                calls.delegates().all(),
                node);
    }
}
