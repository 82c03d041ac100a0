package dev.kakehashi.state;

import dev.kakehashi.linux.wireguard.WireguardKey;
import dev.kakehashi.linux.wireguard.WireguardPeer;

import org.jspecify.annotations.Nullable;

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
        // Written out: see NetnsId.equals.
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key key && peer.equals(key.peer) && device.equals(key.device);
        }

        @Override
        public int hashCode() {
            return peer.hashCode();
        }

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
