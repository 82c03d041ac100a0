package dev.kakehashi.linux.rtnetlink;

import static dev.kakehashi.linux.rtnetlink.Iproute2Case.P;
import static dev.kakehashi.linux.rtnetlink.Iproute2Case.ip;
import static dev.kakehashi.linux.rtnetlink.Iproute2Case.same;

import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.MacAddress;

import java.util.List;
import java.util.Optional;

/**
 * Requests about addresses and neighbours: {@code ip address}, {@code ip neigh} and {@code bridge
 * fdb}.
 */
final class AddressRequests {
    private static final MacAddress NINE = MacAddress.parse("02:00:00:00:00:09");

    static final List<Iproute2Case> ALL =
            List.of(
                    same(
                            "ip address add 192.0.2.77/25 brd + dev p",
                            Addresses.add(
                                    Address.of(P, IpPrefix.parse("192.0.2.77/25"))
                                            .withNetworkBroadcast())),
                    same(
                            "ip address add 2001:db8::5/64 dev p nodad noprefixroute",
                            Addresses.add(
                                    Address.of(P, IpPrefix.parse("2001:db8::5/64"))
                                            .withFlags(
                                                    Address.IFA_F_NODAD
                                                            | Address.IFA_F_NOPREFIXROUTE)),
                            // The low bits of the flags again in ifaddrmsg, where the kernel does
                            // not look if there is IFA_FLAGS (inet6_rtm_newaddr).
                            "-fixed 0a40000007000000",
                            "+fixed 0a40020007000000"),
                    same(
                            "ip address add 10.9.9.1/32 peer 10.9.9.2/24 dev p",
                            Addresses.add(
                                    Address.of(P, IpPrefix.parse("10.9.9.1/24"))
                                            .withPeer(ip("10.9.9.2")))),
                    same(
                            "ip neigh add 192.0.2.9 lladdr 02:00:00:00:00:09 dev p nud permanent"
                                    + " protocol 75",
                            Neighbours.add(
                                    Neighbour.permanent(P, ip("192.0.2.9"), NINE)
                                            .withProtocol(75))),
                    same(
                            "ip neigh replace 2001:db8::9 lladdr 02:00:00:00:00:09 dev p nud"
                                    + " permanent",
                            Neighbours.replace(Neighbour.permanent(P, ip("2001:db8::9"), NINE))),
                    same(
                            "ip neigh add proxy 169.254.1.1 dev p",
                            Neighbours.add(Neighbour.proxy(P, ip("169.254.1.1")))),
                    same(
                            "ip neigh del 192.0.2.9 dev p",
                            Neighbours.delete(
                                    new Neighbour(
                                            P,
                                            ip("192.0.2.9"),
                                            Optional.empty(),
                                            Neighbour.NUD_PERMANENT,
                                            0,
                                            0))),
                    same(
                            "bridge fdb append 02:00:00:00:00:05 dev p dst 192.0.2.5 self permanent",
                            Fdb.append(
                                    FdbEntry.vxlan(
                                            P,
                                            MacAddress.parse("02:00:00:00:00:05"),
                                            ip("192.0.2.5")))));

    private AddressRequests() {}
}
