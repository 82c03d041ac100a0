package dev.kakehashi.ipam.dhcp6;

import dev.kakehashi.ipam.DomainNames;
import dev.kakehashi.ipam.LeaseTerm;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * An IPv6 address for a time (RFC 8415, section 18.2).
 *
 * @param address the address
 * @param client whose
 * @param server identifier of the server that gave it
 * @param since when it was asked for
 * @param renewal when its server is asked to prolong it: T1
 * @param rebinding when any server is asked: T2
 * @param expiry when it must not be used any more
 * @param nameServers what the server said with it
 * @param searchList likewise
 */
@SuppressWarnings("ArrayRecordComponent") // no lease is compared with another
public record Lease6(
        InetAddress address,
        Client6 client,
        byte[] server,
        Instant since,
        Instant renewal,
        Instant rebinding,
        Instant expiry,
        List<InetAddress> nameServers,
        List<String> searchList)
        implements LeaseTerm {

    private static final long FOREVER = 0xffff_ffffL;
    private static final Duration CENTURY = Duration.ofDays(36_500);

    /**
     * What a REPLY gives; empty when it gives nothing.
     *
     * @param asked when it was asked for
     */
    static Optional<Lease6> of(Dhcp6Message reply, Client6 client, Instant asked) {
        Optional<Dhcp6Option> server = reply.find(Dhcp6Option.SERVER_ID);
        Optional<IdentityAssociation> association =
                IdentityAssociation.of(reply, client.iaid())
                        .filter(found -> found.address().isPresent());
        if (server.isEmpty() || association.isEmpty()) {
            return Optional.empty();
        }
        var given = association.get().address().orElseThrow();
        Duration valid = seconds(given.valid());
        // What a server leaves to the client (RFC 8415, section 21.4).
        Duration preferred = given.preferred() == 0 ? valid : seconds(given.preferred());
        Duration t1 = timer(association.get().t1(), preferred.dividedBy(2), valid);
        Duration t2 = timer(association.get().t2(), preferred.multipliedBy(4).dividedBy(5), valid);
        return Optional.of(
                new Lease6(
                        given.address(),
                        client,
                        server.get().value(),
                        asked,
                        asked.plus(t1.compareTo(t2) < 0 ? t1 : t2),
                        asked.plus(t2),
                        asked.plus(valid),
                        reply.find(Dhcp6Option.NAME_SERVERS)
                                .map(Dhcp6Option::addresses)
                                .orElse(List.of()),
                        reply.find(Dhcp6Option.DOMAIN_LIST)
                                .map(option -> DomainNames.decode(option.value()))
                                .orElse(List.of())));
    }

    private static Duration seconds(long seconds) {
        return seconds == FOREVER ? CENTURY : Duration.ofSeconds(seconds);
    }

    private static Duration timer(long seconds, Duration absent, Duration valid) {
        Duration timer = seconds == 0 ? absent : seconds(seconds);
        return timer.compareTo(valid) < 0 ? timer : valid;
    }
}
