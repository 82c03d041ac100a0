package dev.kakehashi.ipam.dhcp6;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** A client's part in an exchange with servers, without clock and network: it is told of both. */
interface Exchange6 {

    /** What a client does next. */
    sealed interface Step {}

    /**
     * Sends a message and waits for an answer.
     *
     * @param patience how long
     */
    record Send(Dhcp6Message message, Duration patience) implements Step {}

    /** How an exchange ends. */
    sealed interface End extends Step {}

    /** Has what it wanted. */
    record Bound(Lease6 lease) implements End {}

    /** Is told that the address is not its own. */
    record Refused(String why) implements End {}

    /** Has waited long enough. */
    record GiveUp() implements End {}

    /** The first step. */
    Step begin(Instant now);

    /** What a message leads to; empty when it is of no interest. */
    Optional<Step> received(Dhcp6Message message, Instant now);

    /** What follows when no answer came in time. */
    Step timedOut(Instant now);
}
