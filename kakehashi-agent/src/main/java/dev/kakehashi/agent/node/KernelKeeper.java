package dev.kakehashi.agent.node;

import dev.kakehashi.state.DesiredState;

import java.io.IOException;

/** Keeps the node's kernel as it should be. */
interface KernelKeeper extends AutoCloseable {
    /**
     * Makes the kernel so, takes away what was wanted before and no longer is, and from now on
     * heals whatever departs from it.
     *
     * @throws IOException with the object and the reason when it cannot be done; what was kept
     *     before still is
     */
    void keep(DesiredState desired) throws IOException;

    /** Stops healing; what is in the kernel stays. */
    @Override
    void close();
}
