package dev.kakehashi.cluster.carrier;

import dev.kakehashi.linux.wireguard.WireguardPrivateKey;

/**
 * The node's own WireGuard key. It never leaves the node; the Node has the public one.
 *
 * @param file where it is on disk
 */
public record NodeTunnelKey(WireguardPrivateKey key, String file) {}
