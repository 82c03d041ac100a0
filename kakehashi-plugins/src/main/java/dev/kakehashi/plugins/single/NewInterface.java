package dev.kakehashi.plugins.single;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.plugins.attachment.Undo;
import dev.kakehashi.plugins.chain.Workplace;
import dev.kakehashi.state.LinkBuilder;
import dev.kakehashi.state.Sysctl;

import java.util.List;
import java.util.Optional;

/** The interface that an ADD puts into the container. */
public interface NewInterface {

    /**
     * What it is and how it is set; a builder of its own for each call. Whether it is up is not
     * said.
     */
    LinkBuilder link();

    /** The switches it gets before it goes up, where it has addresses. */
    default List<Sysctl> switches() {
        return List.of();
    }

    /**
     * Whether other nodes may have its IPv6 addresses (RFC 4862, section 5.4): whether there is
     * something to be waited for.
     */
    default boolean hasNeighbours() {
        return true;
    }

    /** Whether it is in the kernel; else only addresses are asked for. */
    default boolean isInKernel() {
        return true;
    }

    /** Addresses that are known without address management. */
    default Optional<CniResult> addresses() {
        return Optional.empty();
    }

    /**
     * Brings about what no desired state makes; how to take it back is noted as it is done.
     *
     * @throws CniException when it cannot be
     */
    default void provide(Workplace place, Undo undo) throws CniException {}
}
