package dev.kakehashi.ipam.dhcp;

import dev.kakehashi.ipam.LeaseTerm;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** One attempt to prolong a lease: a REQUEST by the address itself (RFC 2131, section 4.4.5). */
final class Renewal implements Dialogue {

    private final Lease lease;
    private final DhcpOptions sent;
    private final Duration patience;
    private final int xid;
    private Instant asked = Instant.EPOCH;

    Renewal(Lease lease, DhcpOptions sent, Duration patience, int xid) {
        this.lease = lease;
        this.sent = sent;
        this.patience = patience;
        this.xid = xid;
    }

    @Override
    public Step begin(Instant now) {
        asked = now;
        return new Send(
                DhcpMessage.request(DhcpMessage.Type.REQUEST, xid, 0, lease.hardware(), sent)
                        .from(lease.address()),
                patience);
    }

    @Override
    public Optional<Step> received(DhcpMessage message, Instant now) {
        if (!message.reply() || message.xid() != xid || message.type().isEmpty()) {
            return Optional.empty();
        }
        return switch (message.type().get()) {
            case ACK ->
                    message.yourAddress().equals(lease.address())
                            ? Optional.of(new Bound(Lease.of(message, asked, Optional.of(lease))))
                            : Optional.empty();
            case NAK ->
                    Optional.of(
                            new Refused(
                                    message.options()
                                            .text(DhcpOptions.MESSAGE)
                                            .orElse("the server does not know the lease")));
            default -> Optional.empty();
        };
    }

    @Override
    public Step timedOut(Instant now) {
        return new GiveUp();
    }

    /** What a client with a lease has to do. */
    enum Phase {
        /** Nothing. */
        BOUND,
        /** Ask the server that gave it. */
        RENEWING,
        /** Ask any server. */
        REBINDING,
        /** Stop using it. */
        EXPIRED
    }

    /** Where a lease is in its life. */
    static Phase phase(LeaseTerm lease, Instant now) {
        if (!now.isBefore(lease.expiry())) {
            return Phase.EXPIRED;
        }
        if (!now.isBefore(lease.rebinding())) {
            return Phase.REBINDING;
        }
        return now.isBefore(lease.renewal()) ? Phase.BOUND : Phase.RENEWING;
    }

    /**
     * When to look again after an attempt without answer: after half of what is left of the phase,
     * but no more often than every minute, or tenth of a short lease.
     */
    static Instant next(LeaseTerm lease, Instant now) {
        Instant end =
                switch (phase(lease, now)) {
                    case BOUND -> lease.renewal();
                    case RENEWING -> lease.rebinding();
                    case REBINDING, EXPIRED -> lease.expiry();
                };
        if (now.isBefore(lease.renewal())) {
            return end;
        }
        Duration whole = Duration.between(lease.since(), lease.expiry());
        Duration least = whole.dividedBy(10);
        least = least.toSeconds() < 60 ? least : Duration.ofMinutes(1);
        Duration half = Duration.between(now, end).dividedBy(2);
        Instant at = now.plus(half.compareTo(least) < 0 ? least : half);
        return at.isAfter(end) ? end : at;
    }
}
