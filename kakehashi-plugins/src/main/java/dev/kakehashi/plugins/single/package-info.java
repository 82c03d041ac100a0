/** What plugins have in common that put one interface into the container. */
@NullMarked
package dev.kakehashi.plugins.single;

import org.jspecify.annotations.NullMarked;
