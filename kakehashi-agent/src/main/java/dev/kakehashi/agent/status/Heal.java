package dev.kakehashi.agent.status;

import java.time.Instant;

/**
 * An object of the kernel that was put right.
 *
 * @param at when
 * @param kind what people call such an object, for example {@code route}
 * @param text what it was, what had happened to it and what was done
 */
public record Heal(Instant at, String kind, String text) {}
