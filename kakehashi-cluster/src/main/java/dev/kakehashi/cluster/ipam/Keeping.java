package dev.kakehashi.cluster.ipam;

import dev.kakehashi.cluster.store.Store;

import java.time.InstantSource;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * What those need who keep a node's blocks and loans.
 *
 * @param clock the time since the machine started, suspended or not
 * @param random spreads nodes
 * @param log told of each change: what, and why
 */
record Keeping(
        Store store,
        ClusterView view,
        LedgerDisk disk,
        InstantSource clock,
        RandomGenerator random,
        IpamSettings settings,
        Consumer<String> log) {
    String node() {
        return settings.node();
    }

    /** When a right ends that begins now. */
    long until(long asked) {
        return asked + settings.offline().toMillis();
    }

    /** Whether a right is old enough to be renewed. */
    boolean isDue(HeldBlock block, long now) {
        return block.until() - now < settings.offline().toMillis() * 2 / 3;
    }
}
