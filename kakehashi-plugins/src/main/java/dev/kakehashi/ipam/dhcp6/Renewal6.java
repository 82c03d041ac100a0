package dev.kakehashi.ipam.dhcp6;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One attempt to prolong a lease: RENEW or REBIND (RFC 8415, sections 18.2.4 and 18.2.5). */
final class Renewal6 implements Exchange6 {

    private final Lease6 lease;
    private final boolean anyServer;
    private final Duration patience;
    private final int xid;
    private Instant asked = Instant.EPOCH;

    /**
     * An attempt.
     *
     * @param anyServer REBIND: the one that gave it does not answer
     */
    Renewal6(Lease6 lease, boolean anyServer, Duration patience, int xid) {
        this.lease = lease;
        this.anyServer = anyServer;
        this.patience = patience;
        this.xid = xid;
    }

    @Override
    public Step begin(Instant now) {
        asked = now;
        Client6 client = lease.client();
        List<Dhcp6Option> options =
                new ArrayList<>(
                        client.options(
                                0,
                                IdentityAssociation.ask(
                                        client.iaid(), Optional.of(lease.address()))));
        if (!anyServer) {
            options.add(new Dhcp6Option(Dhcp6Option.SERVER_ID, lease.server()));
        }
        return new Send(
                new Dhcp6Message(
                        anyServer ? Dhcp6Message.Type.REBIND : Dhcp6Message.Type.RENEW,
                        xid,
                        List.copyOf(options)),
                patience);
    }

    @Override
    public Optional<Step> received(Dhcp6Message message, Instant now) {
        if (message.type() != Dhcp6Message.Type.REPLY
                || message.xid() != xid
                || !lease.client().isMeant(message)) {
            return Optional.empty();
        }
        Optional<Lease6> renewed =
                Lease6.of(message, lease.client(), asked)
                        .filter(found -> found.address().equals(lease.address()));
        if (renewed.isPresent()) {
            return Optional.of(new Bound(renewed.get()));
        }
        Optional<IdentityAssociation> association =
                IdentityAssociation.of(message, lease.client().iaid());
        if (association.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                new Refused(
                        association.get().status() == IdentityAssociation.NO_BINDING
                                ? "the server does not know the lease"
                                : "the server does not prolong the lease"));
    }

    @Override
    public Step timedOut(Instant now) {
        return new GiveUp();
    }

    /** Giving it back (RFC 8415, section 18.2.7). */
    static Dhcp6Message release(Lease6 lease, int xid) {
        return new Dhcp6Message(
                Dhcp6Message.Type.RELEASE,
                xid,
                List.of(
                        new Dhcp6Option(Dhcp6Option.CLIENT_ID, lease.client().duid()),
                        new Dhcp6Option(Dhcp6Option.SERVER_ID, lease.server()),
                        Dhcp6Option.shorts(Dhcp6Option.ELAPSED, 0),
                        IdentityAssociation.ask(
                                lease.client().iaid(), Optional.of(lease.address()))));
    }
}
