/** The plugin {@code host-device}. */
@NullMarked
package dev.kakehashi.plugins.hostdevice;

import org.jspecify.annotations.NullMarked;
