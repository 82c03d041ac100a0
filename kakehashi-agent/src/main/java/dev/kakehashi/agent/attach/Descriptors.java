package dev.kakehashi.agent.attach;

import dev.kakehashi.linux.Fd;

import java.util.List;
import java.util.Optional;

/**
 * The descriptors that came with a request, by their role; closed with it.
 *
 * @param ownNetns the front binary's network namespace
 * @param root the front binary's root directory
 * @param containerNetns CNI_NETNS
 */
record Descriptors(Optional<Fd> ownNetns, Optional<Fd> root, Optional<Fd> containerNetns)
        implements AutoCloseable {
    private static final byte OWN_NETNS = 1;
    private static final byte ROOT = 2;
    private static final byte CONTAINER_NETNS = 3;

    /** Of a request without any: one-shot runs and recovery, on this process's own host. */
    static final Descriptors NONE =
            new Descriptors(Optional.empty(), Optional.empty(), Optional.empty());

    /**
     * Sorts what was received by the roles that the request names. Takes ownership; those of
     * unknown roles are closed.
     *
     * @throws ProtocolException when their number is not that of the roles, or a role comes twice;
     *     all are closed then
     */
    static Descriptors of(byte[] roles, List<Fd> received) throws ProtocolException {
        Fd[] byRole = new Fd[CONTAINER_NETNS + 1];
        String problem =
                roles.length == received.size()
                        ? ""
                        : "DESCRIPTORS names "
                                + roles.length
                                + " descriptors, "
                                + received.size()
                                + " came";
        for (int i = 0; problem.isEmpty() && i < roles.length; i++) {
            if (roles[i] < OWN_NETNS || roles[i] > CONTAINER_NETNS) {
                received.get(i).close();
            } else if (byRole[roles[i]] != null) {
                problem = "DESCRIPTORS names role " + roles[i] + " twice";
            } else {
                byRole[roles[i]] = received.get(i);
            }
        }
        if (!problem.isEmpty()) {
            received.forEach(Fd::close);
            throw new ProtocolException(Refusal.MALFORMED, problem);
        }
        return new Descriptors(
                Optional.ofNullable(byRole[OWN_NETNS]),
                Optional.ofNullable(byRole[ROOT]),
                Optional.ofNullable(byRole[CONTAINER_NETNS]));
    }

    @Override
    public void close() {
        ownNetns.ifPresent(Fd::close);
        root.ifPresent(Fd::close);
        containerNetns.ifPresent(Fd::close);
    }
}
