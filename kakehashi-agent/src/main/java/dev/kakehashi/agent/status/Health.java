package dev.kakehashi.agent.status;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Whether an agent should be started again ({@link #alive}) and whether pods should come to its
 * node ({@link #ready}). Pure.
 *
 * <p>A node that worked goes on working without its store: what is in the kernel stays, and pods
 * get addresses from what the node holds. So a store that is gone makes no node unready.
 *
 * @param checks what was looked at
 */
public record Health(List<Check> checks) {
    /**
     * The longest turn that is still work: a store is waited for, and BIRD, each for some seconds.
     */
    static final Duration STUCK = Duration.ofSeconds(60);

    /** Failures that are the node's own, and for which its pods would suffer. */
    private static final Set<String> OWN_FAILURES =
            Set.of("KernelFailed", "CniConfFailed", "LedgerFailed", "BirdFailed", "NoUnderlay");

    /** What a check that fails is a reason for. */
    enum Concern {
        /** Start the agent again. */
        LIVENESS,
        /** Send no pods. */
        READINESS,
        /** Let somebody know. */
        NOTICE
    }

    /**
     * One thing that was looked at.
     *
     * @param name of what
     * @param ok whether it is as it should be
     * @param concern what it is a reason for if not
     * @param text what is the case, for people
     */
    record Check(String name, boolean ok, Concern concern, String text) {
        private String line() {
            String mark = ok ? "[+]" : concern == Concern.NOTICE ? "[!]" : "[-]";
            return mark
                    + name
                    + (ok ? " ok" : concern == Concern.NOTICE ? "" : " failed")
                    + (text.isEmpty() ? "" : ": " + text);
        }
    }

    /** Copies the list. */
    public Health {
        checks = List.copyOf(checks);
    }

    /** Judges an agent that serves front binaries. */
    public static Health of(AgentStatus agent) {
        List<Check> checks = new ArrayList<>();
        checks.add(new Check("cni", true, Concern.READINESS, "serves " + agent.socket()));
        agent.node().ifPresent(node -> judge(node, checks));
        return new Health(checks);
    }

    private static void judge(NodeStatus node, List<Check> checks) {
        Convergence now = node.convergence();
        boolean stuck = now.busy().compareTo(STUCK) > 0;
        checks.add(
                new Check(
                        "convergence-thread",
                        now.alive() && !stuck,
                        Concern.LIVENESS,
                        !now.alive()
                                ? "has ended"
                                : stuck
                                        ? "has been at one turn for "
                                                + now.busy().toSeconds()
                                                + " s"
                                        : ""));
        checks.add(
                new Check(
                        "converged",
                        now.first().isPresent(),
                        Concern.READINESS,
                        now.first()
                                .map(at -> "since " + at)
                                .orElse(now.fails() ? now.message() : "not yet")));
        boolean own = OWN_FAILURES.contains(now.reason());
        if (now.fails() && now.first().isPresent()) {
            checks.add(
                    new Check(
                            "wanted-state",
                            false,
                            own ? Concern.READINESS : Concern.NOTICE,
                            now.message() + (own ? "" : "; what worked before goes on working")));
        }
        checks.add(
                new Check(
                        "kernel",
                        node.heals().trouble().isEmpty(),
                        Concern.READINESS,
                        node.heals().trouble()));
        checks.add(
                new Check(
                        "store",
                        node.storeStatus().reachable(),
                        Concern.NOTICE,
                        node.storeStatus().reachable()
                                ? node.store()
                                : node.store()
                                        + " is not reachable: "
                                        + node.storeStatus().lastError()
                                        + "; the node works on with what it knows"));
    }

    /** Whether the agent does its work; if not, it should be started again. */
    public boolean alive() {
        return holds(Concern.LIVENESS);
    }

    /** Whether pods may come. */
    public boolean ready() {
        return alive() && holds(Concern.READINESS);
    }

    private boolean holds(Concern concern) {
        return checks.stream().allMatch(check -> check.ok() || check.concern() != concern);
    }

    /** What was looked at, a line each, and the verdict, as the API server's {@code /readyz}. */
    String text(String endpoint, boolean passed) {
        StringBuilder text = new StringBuilder();
        for (Check check : checks) {
            text.append(check.line()).append('\n');
        }
        return text.append(endpoint)
                .append(passed ? " check passed\n" : " check failed\n")
                .toString();
    }
}
