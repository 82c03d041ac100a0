package dev.kakehashi.state;

import dev.kakehashi.linux.rtnetlink.BridgeVlan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** One way to write the VLANs of a port, so that equal ones are equal. */
final class VlanLists {
    private VlanLists() {}

    /** Sorts, and joins neighbouring ranges that say the same, as the kernel does in its dumps. */
    static List<BridgeVlan> normalize(List<BridgeVlan> vlans) {
        List<BridgeVlan> sorted = new ArrayList<>(vlans);
        sorted.sort(Comparator.comparingInt(BridgeVlan::first));
        List<BridgeVlan> joined = new ArrayList<>();
        for (BridgeVlan next : sorted) {
            BridgeVlan previous = joined.isEmpty() ? null : joined.getLast();
            if (previous != null && next.first() <= previous.last()) {
                throw new IllegalArgumentException("VLAN " + next.first() + " is named twice");
            }
            if (previous != null
                    && next.first() == previous.last() + 1
                    && !next.pvid()
                    && !previous.pvid()
                    && next.untagged() == previous.untagged()) {
                joined.removeLast();
                joined.add(new BridgeVlan(previous.first(), next.last(), false, next.untagged()));
            } else {
                joined.add(next);
            }
        }
        return List.copyOf(joined);
    }
}
