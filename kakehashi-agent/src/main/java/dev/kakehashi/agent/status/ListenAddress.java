package dev.kakehashi.agent.status;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Where to listen for HTTP, as a person writes it. */
final class ListenAddress {
    private static final int LARGEST_PORT = 65535;

    private ListenAddress() {}

    /**
     * Reads {@code ADDRESS:PORT}, {@code [IPV6]:PORT}, or {@code :PORT} for all addresses.
     *
     * @throws IllegalArgumentException saying what is wrong with it
     */
    static InetSocketAddress parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0) {
            throw wrong(text, "has no port", null);
        }
        String host = text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            throw wrong(text, "is an IPv6 address without brackets", null);
        }
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            if (port < 1 || port > LARGEST_PORT) {
                throw wrong(text, "has no port between 1 and " + LARGEST_PORT, null);
            }
            return host.isEmpty()
                    ? new InetSocketAddress(port)
                    : new InetSocketAddress(InetAddress.ofLiteral(host), port);
        } catch (NumberFormatException e) {
            throw wrong(text, "has no number for a port", e);
        } catch (IllegalArgumentException e) {
            throw e.getMessage() != null && e.getMessage().startsWith("'")
                    ? e
                    : wrong(text, "names no IP address", e);
        }
    }

    private static IllegalArgumentException wrong(
            String text, String what, @org.jspecify.annotations.Nullable Exception cause) {
        return new IllegalArgumentException(
                "'" + text + "' " + what + ": write 127.0.0.1:9475 or :9475", cause);
    }
}
