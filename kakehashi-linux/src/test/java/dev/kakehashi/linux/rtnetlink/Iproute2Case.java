package dev.kakehashi.linux.rtnetlink;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.netlink.NetlinkRequest;

import java.net.InetAddress;
import java.util.List;

/**
 * A command of iproute2 and our request for the same.
 *
 * @param differences lines that only iproute2 has, with a minus, and only we have, with a plus
 */
record Iproute2Case(String command, NetlinkRequest request, List<String> differences) {
    /** The links {@code p} and {@code q} of the commands. */
    static final int P = 7;

    static final int Q = 8;

    static Iproute2Case same(String command, NetlinkRequest request, String... differences) {
        return new Iproute2Case(command, request, List.of(differences));
    }

    static InetAddress ip(String text) {
        return IpAddresses.parse(text);
    }

    @Override
    public String toString() {
        return command;
    }
}
