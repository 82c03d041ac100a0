package dev.kakehashi.ipam;

import java.time.Instant;

/** The life of a lease (RFC 2131, section 4.4.5; RFC 8415, section 18.2.4). */
public interface LeaseTerm {

    /** When it was asked for. */
    Instant since();

    /** When the server that gave it is asked to prolong it: T1. */
    Instant renewal();

    /** When any server is asked: T2. */
    Instant rebinding();

    /** When the address must not be used any more. */
    Instant expiry();
}
