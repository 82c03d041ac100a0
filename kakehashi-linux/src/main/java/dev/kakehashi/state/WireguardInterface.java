package dev.kakehashi.state;

import dev.kakehashi.linux.wireguard.WireguardPrivateKey;

import java.util.List;

/**
 * What a WireGuard device is of itself, as the {@code [Interface]} section of wg(8). Equivalent to:
 * {@code wg set DEVICE listen-port PORT private-key FILE}.
 *
 * @param device interface name
 * @param keyFile where the private key is on disk, for people; the key goes to the kernel by value
 * @param listenPort UDP port
 */
public record WireguardInterface(
        String device, WireguardPrivateKey privateKey, String keyFile, int listenPort)
        implements Resource {

    /** A link has one key and one port. */
    public record Key(String device) implements ResourceKey {
        @Override
        public String toString() {
            return "WireGuard key and port of " + device;
        }
    }

    public WireguardInterface {
        LinkNames.check(device);
    }

    @Override
    public List<String> devices() {
        return List.of(device);
    }

    @Override
    public Key key() {
        return new Key(device);
    }

    @Override
    public Relation relation() {
        return Relation.OWNED;
    }
}
