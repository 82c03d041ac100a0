/** The same scenarios with the binaries of other makers and with ours, compared field by field. */
@NullMarked
package dev.kakehashi.plugins.peers;

import org.jspecify.annotations.NullMarked;
