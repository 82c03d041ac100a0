package dev.kakehashi.linux.rtnetlink;

/**
 * A VLAN, or a range of them, on a port of a bridge that filters VLANs.
 *
 * @param first 1 to 4094
 * @param last the same for one VLAN
 * @param pvid whether untagged frames that come in belong to it; one VLAN only
 * @param untagged whether its frames leave without tag
 */
public record BridgeVlan(int first, int last, boolean pvid, boolean untagged) {
    public BridgeVlan {
        if (first < 1 || last > 4094 || first > last) {
            throw new IllegalArgumentException("VLANs are 1 to 4094, not " + first + " to " + last);
        }
        if (pvid && first != last) {
            throw new IllegalArgumentException("a range of VLANs cannot be for untagged frames");
        }
    }

    /** Untagged both ways: an access port. */
    public static BridgeVlan access(int id) {
        return new BridgeVlan(id, id, true, true);
    }

    /** Tagged both ways: a trunk. */
    public static BridgeVlan tagged(int first, int last) {
        return new BridgeVlan(first, last, false, false);
    }

    /** In the words of bridge(8). */
    @Override
    public String toString() {
        return "vid "
                + first
                + (first == last ? "" : "-" + last)
                + (pvid ? " pvid" : "")
                + (untagged ? " untagged" : "");
    }
}
