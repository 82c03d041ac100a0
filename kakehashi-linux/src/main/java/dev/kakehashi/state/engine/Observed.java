package dev.kakehashi.state.engine;

import dev.kakehashi.state.Resource;

/**
 * An object as the kernel has it, in the terms of the desired state.
 *
 * @param resource all of it; its relation says nothing
 * @param mark whose it is
 */
public record Observed(Resource resource, Mark mark) {}
