package dev.kakehashi.state.engine;

import dev.kakehashi.state.Resource;

import java.util.Optional;

/**
 * Something of ours that a kernel has.
 *
 * @param resource what it is
 * @param owner whom the link is for that it is or hangs on; empty for what hangs on no link of ours
 */
public record Belonging(Resource resource, Optional<String> owner) {
    /** Whether it is, or hangs on, a link for this owner. */
    public boolean isFor(String other) {
        return owner.isPresent() && owner.get().equals(other);
    }
}
