package dev.kakehashi.state;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A VLAN, or a range of them, on a bridge port. Equivalent to: {@code bridge vlan add dev PORT vid
 * FIRST[-LAST] [pvid] [untagged]}.
 *
 * @param first 1 to 4094
 * @param last the same as {@code first} for one VLAN
 * @param pvid whether untagged frames that come in belong to it; one VLAN only
 * @param untagged whether its frames go out without tag
 */
public record PortVlan(int first, int last, boolean pvid, boolean untagged) {
    public PortVlan {
        if (first < 1 || last > 4094 || first > last) {
            throw new IllegalArgumentException(
                    "invalid VLAN range " + first + "-" + last + " (must be within 1-4094)");
        }
        if (pvid && first != last) {
            throw new IllegalArgumentException("a range of VLANs cannot be the port's PVID");
        }
    }

    /** The VLAN of untagged frames, both ways: an access port. */
    public static PortVlan access(int id) {
        return new PortVlan(id, id, true, true);
    }

    /** VLANs carried with their tag: a trunk. */
    public static PortVlan tagged(int first, int last) {
        return new PortVlan(first, last, false, false);
    }

    /** Sorts, and joins neighbouring ranges that say the same, as the kernel does in its dumps. */
    static List<PortVlan> normalize(List<PortVlan> vlans) {
        List<PortVlan> sorted = new ArrayList<>(vlans);
        sorted.sort(Comparator.comparingInt(PortVlan::first));
        List<PortVlan> joined = new ArrayList<>();
        for (PortVlan next : sorted) {
            PortVlan previous = joined.isEmpty() ? null : joined.getLast();
            if (previous != null && next.first <= previous.last) {
                throw new IllegalArgumentException("VLAN " + next.first + " is named twice");
            }
            if (previous != null
                    && next.first == previous.last + 1
                    && !next.pvid
                    && !previous.pvid
                    && next.untagged == previous.untagged) {
                joined.removeLast();
                joined.add(new PortVlan(previous.first, next.last, false, next.untagged));
            } else {
                joined.add(next);
            }
        }
        return List.copyOf(joined);
    }
}
