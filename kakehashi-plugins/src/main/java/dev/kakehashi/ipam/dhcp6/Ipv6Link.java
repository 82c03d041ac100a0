package dev.kakehashi.ipam.dhcp6;

import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.packet.IpPacketSocket;
import dev.kakehashi.linux.rtnetlink.Address;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.linux.rtnetlink.Scope;
import dev.kakehashi.linux.sysctl.Sysctl;
import dev.kakehashi.linux.sysctl.SysctlName;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/**
 * A container's interface as a host of an IPv6 network.
 *
 * @param netns its namespace; stays the caller's
 * @param name its name
 * @param index its index
 * @param clock of the leases
 */
public record Ipv6Link(Netns netns, String name, int index, InstantSource clock) {

    private static final MacAddress ALL_ROUTERS = MacAddress.parse("33:33:00:00:00:02");

    /** RTR_SOLICITATION_INTERVAL (RFC 4861, section 10). */
    private static final Duration SOLICITATION_INTERVAL = Duration.ofSeconds(4);

    /** Duplicate address detection takes a second, twice that with its random delay. */
    private static final Duration DETECTION = Duration.ofSeconds(5);

    private static final int PAUSE_MILLIS = 10;

    /** How an attempt to prolong a lease ended. */
    public sealed interface Renewed {}

    /** With a new lease. */
    public record Prolonged(Lease6 lease) implements Renewed {}

    /** The server does not give it any more. */
    public record Lost(String why) implements Renewed {}

    /** Nobody answered. */
    public record Unanswered() implements Renewed {}

    /**
     * Makes it listen to routers: their prefixes and the default route are the kernel's to keep
     * ({@code accept_ra}, Documentation/networking/ip-sysctl).
     *
     * @param autonomous whether the kernel makes addresses in the prefixes
     */
    public void listenToRouters(boolean autonomous) throws IOException {
        Map<SysctlName, String> switches = new LinkedHashMap<>();
        switches.put(sysctl("disable_ipv6"), "0");
        switches.put(sysctl("accept_ra"), "2"); // also where packets are forwarded
        switches.put(sysctl("autoconf"), autonomous ? "1" : "0");
        Sysctl.ensure(netns, switches);
    }

    private SysctlName sysctl(String setting) {
        return SysctlName.of("net", "ipv6", "conf", name, setting);
    }

    /**
     * Asks the routers, three times as RFC 4861, section 6.3.7, has it.
     *
     * @param wanted what an advertisement must say
     * @param patience how long to wait for it
     * @return the first such one; empty when none comes
     */
    public Optional<RouterAdvertisement> advertisement(
            Predicate<RouterAdvertisement> wanted, Duration patience) throws IOException {
        try (IpPacketSocket socket = IpPacketSocket.openIpv6(netns, index)) {
            Instant end = clock.instant().plus(patience);
            Instant next = clock.instant();
            while (clock.instant().isBefore(end)) {
                Instant now = clock.instant();
                if (!now.isBefore(next)) {
                    socket.send(ALL_ROUTERS, Icmpv6.routerSolicitation());
                    next = now.plus(SOLICITATION_INTERVAL);
                }
                Instant until = next.isBefore(end) ? next : end;
                Duration wait = Duration.between(now, until);
                Optional<RouterAdvertisement> heard =
                        wait.isZero() || wait.isNegative()
                                ? Optional.empty()
                                : socket.receive(wait)
                                        .flatMap(RouterAdvertisement::decode)
                                        .filter(wanted);
                if (heard.isPresent()) {
                    return heard;
                }
            }
            return Optional.empty();
        }
    }

    /** The addresses that the kernel has made in these prefixes, as soon as it has one in each. */
    public List<IpPrefix> autonomousAddresses(List<IpPrefix> prefixes)
            throws IOException, InterruptedException {
        Instant end = clock.instant().plus(DETECTION);
        while (true) {
            List<IpPrefix> made = new ArrayList<>();
            List<Address> addresses = addresses();
            for (IpPrefix prefix : prefixes) {
                for (Address address : addresses) {
                    if (address.scope() == Scope.GLOBAL
                            && prefix.contains(address.prefix().address())) {
                        made.add(new IpPrefix(address.prefix().address(), prefix.length()));
                        break;
                    }
                }
            }
            if (made.size() == prefixes.size() || clock.instant().isAfter(end)) {
                return made;
            }
            Thread.sleep(PAUSE_MILLIS);
        }
    }

    private List<Address> addresses() throws IOException {
        try (RtNetlink netlink = RtNetlink.open(netns)) {
            return netlink.addresses(index);
        }
    }

    /**
     * Its link-local address, once nobody else has been found to have it.
     *
     * @param patience how long to wait for that
     */
    private InetAddress linkLocal(Duration patience) throws IOException {
        Instant end = clock.instant().plus(patience);
        do {
            for (Address address : addresses()) {
                if (address.prefix().address().isLinkLocalAddress()
                        && !address.prefix().isIpv4()
                        && (address.flags() & Address.IFA_F_TENTATIVE) == 0) {
                    return address.prefix().address();
                }
            }
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        } while (clock.instant().isBefore(end));
        throw new IOException("\"" + name + "\" has no link-local IPv6 address of its own");
    }

    /**
     * Asks the servers for an address.
     *
     * @param limit after which it gives up
     * @param longestWait between messages
     */
    public Optional<Lease6> acquire(
            Client6 client, Duration limit, Duration longestWait, RandomGenerator random)
            throws IOException {
        try (Dhcp6Socket socket = Dhcp6Socket.open(netns, linkLocal(DETECTION), index)) {
            return socket.talk(new Acquisition6(client, limit, longestWait, random), clock)
                            instanceof Exchange6.Bound(Lease6 lease)
                    ? Optional.of(lease)
                    : Optional.empty();
        }
    }

    /**
     * Asks for more time.
     *
     * @param anyServer not only the one that gave it
     * @param patience how long to wait for the answer
     */
    public Renewed renew(Lease6 lease, boolean anyServer, Duration patience, RandomGenerator random)
            throws IOException {
        Exchange6 renewal = new Renewal6(lease, anyServer, patience, xid(random));
        try (Dhcp6Socket socket = Dhcp6Socket.open(netns, linkLocal(DETECTION), index)) {
            return switch (socket.talk(renewal, clock)) {
                case Exchange6.Bound(Lease6 prolonged) -> new Prolonged(prolonged);
                case Exchange6.Refused(String why) -> new Lost(why);
                case Exchange6.GiveUp _ -> new Unanswered();
            };
        }
    }

    /** Gives a lease back; no answer is waited for. */
    public void release(Lease6 lease, RandomGenerator random) throws IOException {
        try (Dhcp6Socket socket = Dhcp6Socket.open(netns, linkLocal(Duration.ZERO), index)) {
            socket.send(Renewal6.release(lease, xid(random)));
        }
    }

    private static int xid(RandomGenerator random) {
        return random.nextInt(Dhcp6Message.MAX_XID + 1);
    }
}
