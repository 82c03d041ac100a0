package dev.kakehashi.linux.conntrack;

import java.net.InetAddress;

/**
 * A tracked connection.
 *
 * @param original packets of the one who began, as they came in: before destination NAT
 * @param reply the answers as they come in: with source and destination after NAT
 * @param id tells it from a later one with the same addresses and ports
 * @param mark {@code ct mark}
 * @param zone {@code ct zone}, 0 for the default
 */
public record ConntrackEntry(
        ConntrackTuple original, ConntrackTuple reply, int id, int mark, int zone) {
    /** Whether an address takes part in it, before or after NAT. */
    public boolean involves(InetAddress address) {
        return address.equals(original.source())
                || address.equals(original.destination())
                || address.equals(reply.source())
                || address.equals(reply.destination());
    }

    /** Whether it began towards a port. */
    public boolean beganTo(int protocol, int port) {
        return original.protocol() == protocol && original.destinationPort() == port;
    }
}
