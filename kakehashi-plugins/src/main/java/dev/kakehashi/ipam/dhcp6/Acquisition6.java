package dev.kakehashi.ipam.dhcp6;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Getting an address: SOLICIT, and REPLY at once where a server commits rapidly; else ADVERTISE,
 * REQUEST, REPLY (RFC 8415, sections 18.2.1 and 18.2.2). Of the servers that answer within the
 * first wait the one of the highest preference is asked.
 */
final class Acquisition6 implements Exchange6 {

    /** SOL_TIMEOUT and REQ_TIMEOUT (RFC 8415, section 7.6). */
    private static final Duration FIRST_WAIT = Duration.ofSeconds(1);

    private static final int REQUESTS = 10; // REQ_MAX_RC
    private static final int AT_ONCE = 255; // the highest preference waits for no other

    private final Client6 client;
    private final Duration limit;
    private final Duration longestWait;
    private final RandomGenerator random;
    private int xid;
    private int attempt;
    private Instant began = Instant.EPOCH;
    private Instant asked = Instant.EPOCH;
    private Optional<Dhcp6Message> best = Optional.empty();
    private boolean requesting;

    /**
     * Whether the server has given the address away since: others are looked for, after a while.
     */
    private boolean refused;

    /**
     * A client without address.
     *
     * @param limit after which it gives up
     * @param longestWait between messages
     */
    Acquisition6(Client6 client, Duration limit, Duration longestWait, RandomGenerator random) {
        this.client = client;
        this.limit = limit;
        this.longestWait = longestWait;
        this.random = random;
    }

    @Override
    public Step begin(Instant now) {
        began = now;
        return solicit(now);
    }

    private Step solicit(Instant now) {
        xid = random.nextInt(Dhcp6Message.MAX_XID + 1);
        attempt = 0;
        requesting = false;
        refused = false;
        best = Optional.empty();
        return send(now);
    }

    private Step request(Instant now) {
        xid = random.nextInt(Dhcp6Message.MAX_XID + 1);
        attempt = 0;
        requesting = true;
        return send(now);
    }

    private Step send(Instant now) {
        Duration left = Duration.between(now, began.plus(limit));
        if (left.isNegative() || left.isZero()) {
            return new GiveUp();
        }
        asked = now;
        List<Dhcp6Option> options =
                new ArrayList<>(
                        client.options(
                                attempt == 0 ? 0 : Duration.between(began, now).toMillis(),
                                IdentityAssociation.ask(
                                        client.iaid(),
                                        requesting
                                                ? best.flatMap(this::offered)
                                                        .map(o -> o.address().orElseThrow())
                                                        .map(a -> a.address())
                                                : Optional.empty())));
        if (requesting) {
            options.add(best.orElseThrow().find(Dhcp6Option.SERVER_ID).orElseThrow());
        } else {
            options.add(Dhcp6Option.empty(Dhcp6Option.RAPID_COMMIT));
        }
        Duration wait = wait(attempt++);
        return new Send(
                new Dhcp6Message(
                        requesting ? Dhcp6Message.Type.REQUEST : Dhcp6Message.Type.SOLICIT,
                        xid,
                        List.copyOf(options)),
                wait.compareTo(left) < 0 ? wait : left);
    }

    /** Twice as long each, and a tenth more or less (RFC 8415, section 15). */
    private Duration wait(int number) {
        Duration wait = FIRST_WAIT;
        for (int i = 0; i < number && wait.compareTo(longestWait) < 0; i++) {
            wait = wait.multipliedBy(2);
        }
        wait = wait.compareTo(longestWait) < 0 ? wait : longestWait;
        return wait.plusMillis(random.nextLong(wait.toMillis() / 10 + 1));
    }

    @Override
    public Optional<Step> received(Dhcp6Message message, Instant now) {
        if (message.xid() != xid
                || !client.isMeant(message)
                || message.find(Dhcp6Option.SERVER_ID).isEmpty()) {
            return Optional.empty();
        }
        return switch (message.type()) {
            case ADVERTISE -> requesting ? Optional.empty() : advertised(message, now);
            case REPLY ->
                    requesting || message.find(Dhcp6Option.RAPID_COMMIT).isPresent()
                            ? replied(message)
                            : Optional.empty();
            default -> Optional.empty();
        };
    }

    private Optional<Step> advertised(Dhcp6Message message, Instant now) {
        if (offered(message).isEmpty()) {
            return Optional.empty(); // it has no address for us
        }
        if (best.isEmpty() || preference(message) > preference(best.get())) {
            best = Optional.of(message);
        }
        return attempt > 1 || preference(message) == AT_ONCE
                ? Optional.of(request(now))
                : Optional.empty();
    }

    private Optional<Step> replied(Dhcp6Message message) {
        Optional<Lease6> lease = Lease6.of(message, client, asked);
        if (lease.isPresent()) {
            return Optional.of(new Bound(lease.get()));
        }
        refused = requesting;
        return Optional.empty();
    }

    private Optional<IdentityAssociation> offered(Dhcp6Message message) {
        return IdentityAssociation.of(message, client.iaid())
                .filter(found -> found.address().isPresent());
    }

    private static int preference(Dhcp6Message message) {
        return message.find(Dhcp6Option.PREFERENCE)
                .filter(option -> option.value().length == 1)
                .map(option -> Byte.toUnsignedInt(option.value()[0]))
                .orElse(0);
    }

    @Override
    public Step timedOut(Instant now) {
        if (requesting) {
            return attempt < REQUESTS && !refused ? send(now) : solicit(now);
        }
        return best.isPresent() ? request(now) : send(now);
    }
}
