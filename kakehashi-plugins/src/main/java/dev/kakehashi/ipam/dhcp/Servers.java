package dev.kakehashi.ipam.dhcp;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.ipam.dhcp6.Client6;
import dev.kakehashi.ipam.dhcp6.Ipv6Link;
import dev.kakehashi.ipam.dhcp6.Lease6;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.netns.Netns;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The DHCP servers of a container's network, of both families.
 *
 * @param retry how patient a client is
 * @param broadcast whether IPv4 servers must answer by broadcast
 */
record Servers(InstantSource clock, RandomGenerator random, Retry retry, boolean broadcast) {

    /** How an attempt to prolong a lease ended. */
    sealed interface Renewed {}

    /** With a new lease. */
    record Prolonged(Holding holding) implements Renewed {}

    /** The server does not give it any more. */
    record Lost(String why) implements Renewed {}

    /** Nobody answered. */
    record Unanswered() implements Renewed {}

    /**
     * Asks for an IPv4 address.
     *
     * @param link index of the interface
     * @throws CniException code 11 when no server gives one
     */
    Lease lease(Netns netns, int link, String ifName, MacAddress mac, DhcpOptions sent)
            throws CniException, IOException {
        try (Channel channel = Channel.broadcast(netns, link)) {
            Dialogue dialogue = new Acquisition(mac, sent, retry, broadcast, random);
            if (Channel.talk(dialogue, channel, clock) instanceof Dialogue.Bound(Lease lease)) {
                return lease;
            }
        }
        throw noMoreTries("DHCP", ifName);
    }

    /**
     * Asks for an IPv6 address.
     *
     * @throws CniException code 11 when no server gives one
     */
    Lease6 lease(Ipv6Link link, Client6 client) throws CniException, IOException {
        Optional<Lease6> lease =
                link.acquire(client, retry.resendTimeout(), retry.resendMax(), random);
        if (lease.isEmpty()) {
            throw noMoreTries("DHCPv6", link.name());
        }
        return lease.get();
    }

    private CniException noMoreTries(String protocol, String ifName) {
        return new CniException(
                CniException.TRY_AGAIN_LATER,
                "error calling DHCP.Allocate: no more tries",
                "no "
                        + protocol
                        + " server has given \""
                        + ifName
                        + "\" an address in "
                        + retry.resendTimeout().toSeconds()
                        + " s");
    }

    /** Asks for more time: the server that gave the lease, or any. */
    Renewed renew(Renewal.Phase phase, Holding holding, Netns netns, int link) throws IOException {
        boolean anyServer = phase != Renewal.Phase.RENEWING;
        return switch (holding) {
            case Holding4 v4 -> renew(v4, anyServer, netns, link);
            case Holding6 v6 ->
                    switch (link(v6, netns, link)
                            .renew(v6.lease(), anyServer, retry.request(), random)) {
                        case Ipv6Link.Prolonged(Lease6 lease) -> new Prolonged(v6.with(lease));
                        case Ipv6Link.Lost(String why) -> new Lost(why);
                        case Ipv6Link.Unanswered _ -> new Unanswered();
                    };
        };
    }

    private Renewed renew(Holding4 holding, boolean anyServer, Netns netns, int link)
            throws IOException {
        Lease lease = holding.lease();
        Renewal renewal = new Renewal(lease, holding.sent(), retry.request(), random.nextInt());
        try (Channel channel =
                anyServer
                        ? Channel.broadcast(netns, link)
                        : Channel.between(netns, lease.address(), lease.server())) {
            return switch (Channel.talk(renewal, channel, clock)) {
                case Dialogue.Bound(Lease renewed) -> new Prolonged(holding.with(renewed));
                case Dialogue.Refused(String why) -> new Lost(why);
                case Dialogue.Send _, Dialogue.GiveUp _ -> new Unanswered();
            };
        }
    }

    private Ipv6Link link(Holding6 holding, Netns netns, int index) {
        return new Ipv6Link(netns, holding.attachment().ifName(), index, clock);
    }

    /** Gives a lease back. */
    void release(Holding holding, Netns netns, int link) throws IOException {
        switch (holding) {
            case Holding4 v4 -> release(v4, netns);
            case Holding6 v6 -> link(v6, netns, link).release(v6.lease(), random);
        }
    }

    /** From the address itself: a RELEASE from nowhere is not believed (RFC 2131, table 4). */
    private void release(Holding4 holding, Netns netns) throws IOException {
        Lease lease = holding.lease();
        DhcpOptions options = DhcpOptions.NONE.with(DhcpOptions.SERVER_ID, lease.server());
        byte[] id = holding.sent().find(DhcpOptions.CLIENT_ID).orElse(new byte[0]);
        if (id.length > 0) {
            options = options.with(DhcpOptions.CLIENT_ID, id);
        }
        DhcpMessage message =
                DhcpMessage.request(
                                DhcpMessage.Type.RELEASE,
                                random.nextInt(),
                                0,
                                lease.hardware(),
                                options)
                        .from(lease.address());
        try (Channel channel = Channel.between(netns, lease.address(), lease.server())) {
            channel.send(message);
        }
    }

    /** How long routers are waited for at most: three solicitations (RFC 4861, section 10). */
    Duration routerPatience() {
        Duration three = Duration.ofSeconds(12);
        return retry.resendTimeout().compareTo(three) < 0 ? retry.resendTimeout() : three;
    }
}
