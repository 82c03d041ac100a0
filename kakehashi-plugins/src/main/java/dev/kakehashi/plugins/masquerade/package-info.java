/**
 * IP masquerade of a container's addresses, in the rules, names and comments of the reference
 * plugins, so that rules of either make are found and removed by both.
 */
@NullMarked
package dev.kakehashi.plugins.masquerade;

import org.jspecify.annotations.NullMarked;
