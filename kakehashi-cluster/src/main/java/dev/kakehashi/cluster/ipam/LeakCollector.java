package dev.kakehashi.cluster.ipam;

import dev.kakehashi.cluster.AllocationHandle;

import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Takes back addresses whose attachment does not live. */
public final class LeakCollector {
    private final LedgerDisk disk;
    private final InstantSource clock;
    private final long graceMillis;
    private final Consumer<String> log;

    /**
     * A collector.
     *
     * @param clock the time since the machine started
     * @param graceMillis younger addresses are left alone: longer than any ADD takes from its
     *     address to its interface
     * @param log told of each address that is taken back, and why
     */
    public LeakCollector(
            LedgerDisk disk, InstantSource clock, long graceMillis, Consumer<String> log) {
        this.disk = disk;
        this.clock = clock;
        this.graceMillis = graceMillis;
        this.log = log;
    }

    /**
     * Takes back what leaked.
     *
     * @throws IOException when the ledger cannot be read or written
     */
    public void run(Living living) throws IOException {
        List<AllocationHandle> dead = dead(disk.read(), living, clock.millis());
        if (dead.isEmpty()) {
            return;
        }
        long now = clock.millis();
        // By handle: an attachment made again meanwhile has another generation.
        disk.change(ledger -> ledger.takenBack(dead, now));
        for (AllocationHandle handle : dead) {
            log.accept(
                    "took back the addresses of "
                            + handle
                            + ": they are on disk, and the kernel has no such attachment");
        }
    }

    private List<AllocationHandle> dead(Ledger ledger, Living living, long now) {
        List<AllocationHandle> dead = new ArrayList<>();
        for (Given given : ledger.given().values()) {
            AllocationHandle handle = given.allocation().handle();
            if (now - given.at() >= graceMillis
                    && !dead.contains(handle)
                    && !living.lives(given.allocation())) {
                dead.add(handle);
            }
        }
        return dead;
    }
}
