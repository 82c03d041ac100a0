package dev.kakehashi.state;

import dev.kakehashi.linux.wireguard.WireguardKey;
import dev.kakehashi.linux.wireguard.WireguardPeer;

import java.util.List;

/**
 * A peer of a WireGuard device, as the {@code [Peer]} section of wg(8). Equivalent to: {@code wg
 * set DEVICE peer KEY endpoint ENDPOINT allowed-ips PREFIXES}.
 *
 * @param device interface name
 */
public record WireguardTunnel(String device, WireguardPeer peer) implements Resource {

    /** A device knows peers by their public keys. */
    public record Key(String device, WireguardKey peer) implements ResourceKey {
        @Override
        public String toString() {
            return "WireGuard peer " + peer + " on " + device;
        }
    }

    public WireguardTunnel {
        LinkNames.check(device);
    }

    @Override
    public List<String> devices() {
        return List.of(device);
    }

    @Override
    public Key key() {
        return new Key(device, peer.key());
    }

    @Override
    public Relation relation() {
        return Relation.OWNED;
    }
}
