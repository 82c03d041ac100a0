package dev.kakehashi.ipam.dhcp;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** A client's part in an exchange with servers, without clock and network: it is told of both. */
interface Dialogue {

    /** What a client does next. */
    sealed interface Step {}

    /**
     * Sends a message and waits for an answer.
     *
     * @param patience how long
     */
    record Send(DhcpMessage message, Duration patience) implements Step {}

    /** Has what it wanted. */
    record Bound(Lease lease) implements Step {}

    /** Is told that the address is not its own. */
    record Refused(String why) implements Step {}

    /** Has waited long enough. */
    record GiveUp() implements Step {}

    /** The first step. */
    Step begin(Instant now);

    /** What a message leads to; empty when it is of no interest. */
    Optional<Step> received(DhcpMessage message, Instant now);

    /** What follows when no answer came in time. */
    Step timedOut(Instant now);
}
