/**
 * What tests of every module share: kernel tests in namespaces of their own, leak checks, seeded
 * randomness.
 */
@NullMarked
package dev.kakehashi.testing;

import org.jspecify.annotations.NullMarked;
