package dev.kakehashi.linux.netlink;

import java.util.List;
import java.util.Optional;

/**
 * What became of a batch. The kernel executes every message, also after one that failed: undoing is
 * the caller's.
 *
 * @param failures the messages that were refused, in order
 * @param replies what the kernel sent besides acknowledgements (requests with {@code NLM_F_ECHO},
 *     single gets)
 */
public record BatchResult(List<Failure> failures, List<Reply> replies) {
    /**
     * A message that was refused.
     *
     * @param index its place in the batch, from 0
     */
    public record Failure(int index, NetlinkRequest request, NetlinkError error) {
        /** The failure as an exception. */
        public NetlinkException toException() {
            return new NetlinkException(request.toString(), error);
        }
    }

    /**
     * An answer with content.
     *
     * @param index the place of its request in the batch, from 0
     */
    public record Reply(int index, NetlinkMessage message) {}

    /** Whether nothing was refused. */
    public boolean succeeded() {
        return failures.isEmpty();
    }

    /** The failure of the request at {@code index}. */
    public Optional<Failure> failure(int index) {
        return failures.stream().filter(f -> f.index() == index).findFirst();
    }

    /**
     * Throws the first failure, with the others as suppressed exceptions; does nothing after
     * success.
     */
    public void orThrow() throws NetlinkException {
        if (failures.isEmpty()) {
            return;
        }
        NetlinkException first = failures.getFirst().toException();
        for (Failure other : failures.subList(1, failures.size())) {
            first.addSuppressed(other.toException());
        }
        throw first;
    }
}
