package dev.kakehashi.ipam.dhcp;

import dev.kakehashi.linux.MacAddress;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Getting an address: DISCOVER, OFFER, REQUEST, ACK (RFC 2131, section 3.1). The first offer is
 * taken.
 */
final class Acquisition implements Dialogue {

    private final MacAddress hardware;
    private final DhcpOptions sent;
    private final Retry retry;
    private final boolean broadcast;
    private final RandomGenerator random;
    private final int xid;
    private Instant began = Instant.EPOCH;
    private Instant asked = Instant.EPOCH;
    private int attempt;
    private Optional<InetAddress> requested = Optional.empty();

    /**
     * A client without address.
     *
     * @param sent options of every message
     * @param broadcast whether servers must answer by broadcast
     */
    Acquisition(
            MacAddress hardware,
            DhcpOptions sent,
            Retry retry,
            boolean broadcast,
            RandomGenerator random) {
        this.hardware = hardware;
        this.sent = sent;
        this.retry = retry;
        this.broadcast = broadcast;
        this.random = random;
        this.xid = random.nextInt();
    }

    @Override
    public Step begin(Instant now) {
        began = now;
        return discover(now);
    }

    private Step discover(Instant now) {
        requested = Optional.empty();
        return send(DhcpMessage.Type.DISCOVER, sent, now);
    }

    private Step send(DhcpMessage.Type type, DhcpOptions options, Instant now) {
        Duration left = Duration.between(now, began.plus(retry.resendTimeout()));
        if (left.isNegative() || left.isZero()) {
            return new GiveUp();
        }
        asked = now;
        Duration wait = shortest(retry.wait(attempt++, random), retry.request(), left);
        int seconds = (int) Math.min(0xffff, Duration.between(began, now).toSeconds());
        return new Send(
                DhcpMessage.request(type, xid, seconds, hardware, options).withBroadcast(broadcast),
                wait);
    }

    private static Duration shortest(Duration... durations) {
        Duration shortest = durations[0];
        for (Duration duration : durations) {
            shortest = duration.compareTo(shortest) < 0 ? duration : shortest;
        }
        return shortest;
    }

    @Override
    public Optional<Step> received(DhcpMessage message, Instant now) {
        if (!message.reply() || message.xid() != xid || message.type().isEmpty()) {
            return Optional.empty();
        }
        return switch (message.type().get()) {
            case OFFER -> requested.isEmpty() ? offered(message, now) : Optional.empty();
            case ACK ->
                    requested.filter(message.yourAddress()::equals).isPresent()
                            ? Optional.of(new Bound(Lease.of(message, asked, Optional.empty())))
                            : Optional.empty();
            case NAK -> requested.isPresent() ? Optional.of(discover(now)) : Optional.empty();
            default -> Optional.empty();
        };
    }

    private Optional<Step> offered(DhcpMessage offer, Instant now) {
        Optional<InetAddress> server = offer.options().address(DhcpOptions.SERVER_ID);
        if (server.isEmpty() || offer.yourAddress().equals(DhcpMessage.NOBODY)) {
            return Optional.empty();
        }
        requested = Optional.of(offer.yourAddress());
        return Optional.of(
                send(
                        DhcpMessage.Type.REQUEST,
                        sent.with(DhcpOptions.REQUESTED_ADDRESS, offer.yourAddress())
                                .with(DhcpOptions.SERVER_ID, server.get()),
                        now));
    }

    @Override
    public Step timedOut(Instant now) {
        return discover(now);
    }
}
