package dev.kakehashi.linux.rtnetlink;

import java.util.List;

/**
 * The VLANs of a port, or of the bridge itself as a port.
 *
 * @param link the index of the port
 * @param vlans in ascending order, neighbouring ones joined to ranges
 */
public record BridgePortVlans(int link, List<BridgeVlan> vlans) {
    public BridgePortVlans {
        vlans = List.copyOf(vlans);
    }
}
