/** The container image of Kakehashi, put together by the build. */
@NullMarked
package dev.kakehashi.image;

import org.jspecify.annotations.NullMarked;
