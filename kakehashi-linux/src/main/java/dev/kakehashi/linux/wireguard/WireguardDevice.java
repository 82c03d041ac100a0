package dev.kakehashi.linux.wireguard;

import java.util.List;
import java.util.Optional;

/**
 * A device as the kernel shows it.
 *
 * @param privateKey its key; empty when it has none yet
 * @param listenPort UDP port; while the device is down, 0 unless one was set
 */
public record WireguardDevice(
        Optional<WireguardPrivateKey> privateKey, int listenPort, List<WireguardPeer> peers) {
    /** Copies the peers. */
    public WireguardDevice {
        peers = List.copyOf(peers);
    }
}
