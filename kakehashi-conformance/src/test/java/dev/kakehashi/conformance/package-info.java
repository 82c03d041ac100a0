/** Tests of the suite itself: that it finds what is wrong, and nothing in what is right. */
@NullMarked
package dev.kakehashi.conformance;

import org.jspecify.annotations.NullMarked;
