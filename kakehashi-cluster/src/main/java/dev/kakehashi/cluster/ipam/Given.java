package dev.kakehashi.cluster.ipam;

import dev.kakehashi.cluster.Allocation;

/**
 * An address that this node gave.
 *
 * @param allocation to whom
 * @param at when, in milliseconds since the machine started
 */
public record Given(Allocation allocation, long at) {}
