package dev.kakehashi.state;

import dev.kakehashi.linux.rtnetlink.BridgeVlan;

import java.util.List;
import java.util.Optional;

/**
 * How a link behaves as a port of its bridge ({@code IFLA_BRPORT_*}). What is empty is left as it
 * is.
 *
 * @param hairpin whether frames may leave by the port they came in
 * @param isolated whether the port may talk to non-isolated ports only
 * @param learning whether source addresses are learned
 * @param vlans if not empty: exactly the VLANs of the port, in ascending order
 */
public record BridgePort(
        Optional<Boolean> hairpin,
        Optional<Boolean> isolated,
        Optional<Boolean> learning,
        Optional<List<BridgeVlan>> vlans) {

    /** Nothing asked for. */
    public static final BridgePort NONE =
            new BridgePort(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    public BridgePort {
        vlans = vlans.map(VlanLists::normalize);
    }

    /** Whether nothing is asked for. */
    public boolean isNone() {
        return hairpin.isEmpty() && isolated.isEmpty() && learning.isEmpty() && vlans.isEmpty();
    }
}
