package dev.kakehashi.cluster.ipam;

import dev.kakehashi.cluster.Allocation;
import dev.kakehashi.cluster.AllocationHandle;
import dev.kakehashi.linux.IpAddresses;

import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

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
        Map<AllocationHandle, List<Allocation>> dead = dead(disk.read(), living, clock.millis());
        if (dead.isEmpty()) {
            return;
        }
        long now = clock.millis();
        // By handle: an attachment made again meanwhile has another generation.
        disk.change(ledger -> ledger.takenBack(List.copyOf(dead.keySet()), now));
        dead.values().forEach(addresses -> log.accept(told(addresses)));
    }

    private Map<AllocationHandle, List<Allocation>> dead(Ledger ledger, Living living, long now) {
        Map<AllocationHandle, List<Allocation>> dead = new LinkedHashMap<>();
        for (Given given : ledger.given().values()) {
            Allocation one = given.allocation();
            if (now - given.at() >= graceMillis && !living.lives(one)) {
                dead.computeIfAbsent(one.handle(), _ -> new ArrayList<>()).add(one);
            }
        }
        return dead;
    }

    /** What is freed, whose it was, and why. */
    private static String told(List<Allocation> addresses) {
        Allocation first = addresses.getFirst();
        String pod = first.attributes().getOrDefault(KakehashiIpam.POD, "");
        String namespace = first.attributes().getOrDefault(KakehashiIpam.NETNS, "");
        return "took back "
                + addresses.stream()
                        .map(one -> IpAddresses.format(one.address()))
                        .collect(Collectors.joining(" and "))
                + " of "
                + first.handle()
                + (pod.isEmpty() ? "" : ", pod " + pod)
                + ": given at "
                + first.since()
                + ", and the kernel has no link of that attachment"
                + (namespace.isEmpty() ? "" : " and no namespace " + namespace);
    }
}
