/** What plugins have in common that adjust an attachment made by an earlier plugin of a chain. */
@NullMarked
package dev.kakehashi.plugins.chain;

import org.jspecify.annotations.NullMarked;
