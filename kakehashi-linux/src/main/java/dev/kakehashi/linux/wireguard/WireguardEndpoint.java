package dev.kakehashi.linux.wireguard;

import dev.kakehashi.linux.IpAddresses;

import java.net.Inet4Address;
import java.net.InetAddress;

/**
 * Where a peer is sent to.
 *
 * @param port UDP port
 */
public record WireguardEndpoint(InetAddress address, int port) {
    /** As wg(8) writes it: {@code 192.0.2.1:51820}, {@code [2001:db8::1]:51820}. */
    @Override
    public String toString() {
        String text = IpAddresses.format(address);
        return (address instanceof Inet4Address ? text : "[" + text + "]") + ":" + port;
    }
}
