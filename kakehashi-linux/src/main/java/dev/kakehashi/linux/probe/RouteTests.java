package dev.kakehashi.linux.probe;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.Address;
import dev.kakehashi.linux.rtnetlink.Addresses;
import dev.kakehashi.linux.rtnetlink.LinkSpec;
import dev.kakehashi.linux.rtnetlink.Links;
import dev.kakehashi.linux.rtnetlink.NextHop;
import dev.kakehashi.linux.rtnetlink.Route;
import dev.kakehashi.linux.rtnetlink.Routes;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.linux.rtnetlink.Rule;
import dev.kakehashi.linux.rtnetlink.Rules;

import java.io.IOException;

/** Tests with addresses, routes and rules. */
final class RouteTests {
    private static final int PROTOCOL = 75;
    private static final int TABLE = 100;

    /** Its index in every namespace. */
    private static final int LOOPBACK = 1;

    private RouteTests() {}

    static void addressProtocol(Netns scratch) throws IOException {
        Address address =
                Address.of(LOOPBACK, IpPrefix.parse("192.0.2.1/32")).withProtocol(PROTOCOL);
        try (RtNetlink rt = RtNetlink.open(scratch)) {
            rt.execute(Addresses.add(address));
            boolean kept = rt.addresses(LOOPBACK).stream().anyMatch(a -> a.protocol() == PROTOCOL);
            if (!kept) {
                throw new FeatureMissingException("the kernel drops the protocol of an address");
            }
        }
    }

    static void ipv6(Netns scratch) throws IOException {
        try (RtNetlink rt = RtNetlink.open(scratch)) {
            rt.execute(Addresses.add(Address.of(LOOPBACK, IpPrefix.parse("2001:db8::1/128"))));
        }
    }

    static void policyRouting(Netns scratch) throws IOException {
        Rule rule = Rule.lookup(true, TABLE, TABLE).withProtocol(PROTOCOL);
        try (RtNetlink rt = RtNetlink.open(scratch)) {
            rt.execute(Rules.add(rule));
            if (!rt.rules().contains(rule)) {
                throw new FeatureMissingException("the kernel drops the protocol of a rule");
            }
        }
    }

    static void multipath(Netns scratch) throws IOException {
        try (RtNetlink rt = RtNetlink.open(scratch)) {
            int link = LinkTests.veth(rt).index();
            rt.execute(
                    Links.change(link, LinkSpec.builder().up(true).build()),
                    Addresses.add(Address.of(link, IpPrefix.parse("192.0.2.1/24"))),
                    Routes.add(
                            Route.to(
                                    IpPrefix.parse("203.0.113.0/24"),
                                    NextHop.via(IpAddresses.parse("192.0.2.2"), link),
                                    NextHop.via(IpAddresses.parse("192.0.2.3"), link))));
        }
    }
}
