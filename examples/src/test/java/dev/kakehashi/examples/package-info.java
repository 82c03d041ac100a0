@NullMarked
package dev.kakehashi.examples;

import org.jspecify.annotations.NullMarked;
