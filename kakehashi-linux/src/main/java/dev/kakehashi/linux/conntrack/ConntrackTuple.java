package dev.kakehashi.linux.conntrack;

import dev.kakehashi.linux.IpAddresses;

import java.net.InetAddress;

/**
 * One direction of a connection.
 *
 * @param source where packets come from
 * @param destination where they go
 * @param protocol IP protocol number, e.g. 6 for TCP, 17 for UDP
 * @param sourcePort 0 for protocols without ports
 * @param destinationPort 0 for protocols without ports
 */
public record ConntrackTuple(
        InetAddress source,
        InetAddress destination,
        int protocol,
        int sourcePort,
        int destinationPort) {
    public static final int TCP = 6;
    public static final int UDP = 17;
    public static final int SCTP = 132;

    /** In the words of conntrack(8). */
    @Override
    public String toString() {
        return "src="
                + IpAddresses.format(source)
                + " dst="
                + IpAddresses.format(destination)
                + " proto="
                + protocol
                + " sport="
                + sourcePort
                + " dport="
                + destinationPort;
    }
}
