/** Tests of the image's making. */
@NullMarked
package dev.kakehashi.image;

import org.jspecify.annotations.NullMarked;
