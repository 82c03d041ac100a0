/**
 * What is asked of plugins: the specification's requirements, and the behaviour of the reference
 * plugins.
 */
@NullMarked
package dev.kakehashi.conformance.scenario;

import org.jspecify.annotations.NullMarked;
