package dev.kakehashi.plugins.bridge;

import dev.kakehashi.linux.rtnetlink.BridgeVlan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which VLANs a port is in. Pure. */
final class PortVlans {

    /** What the kernel gives a new port: {@code vlan_default_pvid} unless somebody changed it. */
    private static final int DEFAULT_VLAN = 1;

    private PortVlans() {}

    /**
     * The VLANs of a port that is to be an access port of {@code vlan} (0 for none) and carry
     * {@code trunk} tagged; a trunk without access VLAN has VLAN 1 untagged. Empty where neither is
     * asked for: the port stays as the bridge makes it.
     *
     * @param preserveDefault whether it stays in the default VLAN besides
     */
    static Optional<List<BridgeVlan>> of(int vlan, List<Integer> trunk, boolean preserveDefault) {
        if (vlan == 0 && trunk.isEmpty()) {
            return Optional.empty();
        }
        int access = vlan == 0 ? DEFAULT_VLAN : vlan;
        List<BridgeVlan> vlans = new ArrayList<>();
        vlans.add(BridgeVlan.access(access));
        boolean defaultTagged = trunk.contains(DEFAULT_VLAN);
        if (preserveDefault && access != DEFAULT_VLAN && !defaultTagged) {
            vlans.add(new BridgeVlan(DEFAULT_VLAN, DEFAULT_VLAN, false, true));
        }
        int i = 0;
        while (i < trunk.size()) {
            int first = trunk.get(i);
            if (first == access) {
                i++;
                continue;
            }
            int last = first;
            while (++i < trunk.size() && trunk.get(i) == last + 1 && last + 1 != access) {
                last++;
            }
            vlans.add(BridgeVlan.tagged(first, last));
        }
        return Optional.of(vlans);
    }
}
