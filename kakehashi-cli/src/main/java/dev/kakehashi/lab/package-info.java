/**
 * A whole network of several nodes on one machine: each node is a network and a mount namespace
 * with an agent of its own, joined by an underlay, with a host outside.
 */
@NullMarked
package dev.kakehashi.lab;

import org.jspecify.annotations.NullMarked;
