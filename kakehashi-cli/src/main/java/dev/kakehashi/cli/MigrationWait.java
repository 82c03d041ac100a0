package dev.kakehashi.cli;

import dev.kakehashi.cluster.KeyRotation;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.migration.NetworkMigration;
import dev.kakehashi.cluster.store.Mirror;
import dev.kakehashi.cluster.store.Store;
import dev.kakehashi.cluster.store.StoreException;
import dev.kakehashi.cluster.store.Stored;
import dev.kakehashi.lab.Progress;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Follows nodes on their way to the carrier of a network, and tells what happens. */
final class MigrationWait {
    private static final long LONGEST_LOOK_AWAY_MILLIS = 500;

    /** More nodes than these are counted. */
    private static final int MAX_NAMED = 20;

    private final Store store;
    private final Network network;
    private final boolean rotates;
    private final Progress progress;

    /**
     * For a network as it is in the store.
     *
     * @param rotates whether its keys are rotated, and not its carrier changed
     */
    MigrationWait(Store store, Network network, boolean rotates, Progress progress) {
        this.rotates = rotates;
        this.store = store;
        this.network = network;
        this.progress = progress;
    }

    /**
     * Follows them until all are there, or the time is over, and then says who is not and why.
     *
     * @return whether all are there
     * @throws StoreException when the store cannot be read
     */
    boolean await(Duration timeout) throws StoreException, InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        Semaphore news = new Semaphore(0);
        try (Mirror<Node> nodes = Mirror.open(store, Kind.NODE, _ -> news.release());
                Mirror<Network> networks = Mirror.open(store, Kind.NETWORK, _ -> news.release())) {
            NetworkMigration before = look(nodes);
            progress.step(before.summary());
            while (!before.isDone() && System.nanoTime() < deadline) {
                if (news.tryAcquire(LONGEST_LOOK_AWAY_MILLIS, TimeUnit.MILLISECONDS)) {
                    news.drainPermits();
                }
                NetworkMigration now = look(nodes);
                MigrationLines.between(before, now).forEach(progress::step);
                before = now;
                if (isChanged(networks)) {
                    progress.step(
                            "somebody else has changed the network's carrier or keys: not looking"
                                    + " on");
                    return false;
                }
            }
            conclude(before, timeout);
            return before.isDone();
        }
    }

    private NetworkMigration look(Mirror<Node> nodes) {
        return NetworkNames.migration(
                network, nodes.objects().stream().map(Stored::object).toList());
    }

    private boolean isChanged(Mirror<Network> networks) {
        return networks.find(network.name())
                .filter(now ->
                        now.object().spec().carrier() != network.spec().carrier()
                                || !KeyRotation.of(now.object()).equals(KeyRotation.of(network)))
                .isPresent();
    }

    private void conclude(NetworkMigration now, Duration timeout) {
        if (now.isDone()) {
            progress.step(
                    now.steps().isEmpty()
                            ? "there are no nodes"
                            : "all %d nodes have %s and no other"
                                    .formatted(now.steps().size(), now.wanted()));
            return;
        }
        progress.step("not done after " + timeout.toSeconds() + " s; " + now.summary());
        List<NetworkMigration.Step> open = now.open();
        for (NetworkMigration.Step step : open.subList(0, Math.min(MAX_NAMED, open.size()))) {
            progress.step(step.node() + " is " + step.phase().word() + why(step));
        }
        if (open.size() > MAX_NAMED) {
            progress.step("and " + (open.size() - MAX_NAMED) + " more nodes");
        }
        progress.step(
                "The nodes go on by themselves when they can. Look again: kakehashi network show "
                        + network.name()
                        + "; turn back: kakehashi network "
                        + (rotates ? "rotate-keys " : "migrate ")
                        + network.name()
                        + " --undo");
    }

    private static String why(NetworkMigration.Step step) {
        if (!step.trouble().isEmpty()) {
            return ": " + step.trouble();
        }
        return step.message().isEmpty()
                ? ": it has not said anything of it: does its agent run?"
                : " " + step.message();
    }
}
