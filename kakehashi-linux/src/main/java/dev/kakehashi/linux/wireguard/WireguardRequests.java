package dev.kakehashi.linux.wireguard;

import dev.kakehashi.linux.genetlink.GenericRequest;
import dev.kakehashi.linux.netlink.MessageWriter;

import java.util.function.Consumer;

/** What can be asked of a WireGuard device ({@code WG_CMD_*}, linux/wireguard.h). */
public final class WireguardRequests {
    private static final int WG_CMD_GET_DEVICE = 0;
    private static final int WG_CMD_SET_DEVICE = 1;
    private static final int WG_GENL_VERSION = 1;

    private record Request(int command, String text, Consumer<MessageWriter> attributes)
            implements GenericRequest {
        @Override
        public int version() {
            return WG_GENL_VERSION;
        }

        @Override
        public void writeTo(MessageWriter writer) {
            attributes.accept(writer);
        }

        @Override
        public String toString() {
            return text;
        }
    }

    private WireguardRequests() {}

    static GenericRequest get(String device) {
        return new Request(
                WG_CMD_GET_DEVICE,
                "wg show " + device,
                writer -> writer.string(WireguardCodec.WGDEVICE_A_IFNAME, device));
    }

    /**
     * Gives a device its key and port. Equivalent to: {@code wg set $device listen-port $port
     * private-key $file}.
     */
    public static GenericRequest setDevice(String device, WireguardPrivateKey key, int port) {
        return new Request(
                WG_CMD_SET_DEVICE,
                "wg set " + device + " listen-port " + port + " private-key …",
                writer ->
                        writer.string(WireguardCodec.WGDEVICE_A_IFNAME, device)
                                .bytes(WireguardCodec.WGDEVICE_A_PRIVATE_KEY, key.octets())
                                .u16(WireguardCodec.WGDEVICE_A_LISTEN_PORT, port));
    }

    /**
     * Makes a peer so, whatever it was; its addresses are taken from other peers that have them.
     * Equivalent to: {@code wg set $device peer $key endpoint $endpoint allowed-ips $prefixes}.
     */
    public static GenericRequest setPeer(String device, WireguardPeer peer) {
        return new Request(
                WG_CMD_SET_DEVICE,
                "wg set " + device + " " + peer,
                writer -> {
                    writer.string(WireguardCodec.WGDEVICE_A_IFNAME, device);
                    WireguardCodec.writePeer(writer, peer);
                });
    }

    /**
     * Removes a peer; nothing happens when there is none. Equivalent to: {@code wg set $device peer
     * $key remove}.
     */
    public static GenericRequest removePeer(String device, WireguardKey peer) {
        return new Request(
                WG_CMD_SET_DEVICE,
                "wg set " + device + " peer " + peer + " remove",
                writer -> {
                    writer.string(WireguardCodec.WGDEVICE_A_IFNAME, device);
                    WireguardCodec.writeRemoval(writer, peer);
                });
    }
}
