package dev.kakehashi.linux.rtnetlink;

import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.netlink.NetlinkListener;
import dev.kakehashi.linux.netlink.NetlinkMonitor;
import dev.kakehashi.linux.netlink.NetlinkProtocol;
import dev.kakehashi.linux.netns.Netns;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What routing netlink notifies about: {@code RTNLGRP_*} of linux/rtnetlink.h. */
public enum RtnetlinkGroup {
    LINK(1),
    /** Neighbours and forwarding databases. */
    NEIGHBOUR(3),
    TRAFFIC_CONTROL(4),
    IPV4_ADDRESS(5),
    IPV4_ROUTE(7),
    IPV4_RULE(8),
    IPV6_ADDRESS(9),
    IPV6_ROUTE(11),
    IPV6_RULE(19),
    /**
     * Settings under {@code net.ipv4.conf} that the kernel notifies about, forwarding among them.
     */
    IPV4_SETTINGS(24),
    IPV6_SETTINGS(25),
    NETNS_ID(28);

    private final int number;

    RtnetlinkGroup(int number) {
        this.number = number;
    }

    /** The kernel's number. */
    public int number() {
        return number;
    }

    /** Listens to groups of a namespace; {@link NetlinkMonitor} tells what that means. */
    public static NetlinkMonitor monitor(
            Netns netns, Set<RtnetlinkGroup> groups, String threadName, NetlinkListener listener)
            throws LinuxException {
        List<Integer> numbers = new ArrayList<>();
        for (RtnetlinkGroup group : groups) {
            numbers.add(group.number);
        }
        return NetlinkMonitor.start(netns, NetlinkProtocol.ROUTE, numbers, threadName, listener);
    }
}
