/** The message bus of the system, as far as it takes to call a service's methods. */
@NullMarked
package dev.kakehashi.linux.dbus;

import org.jspecify.annotations.NullMarked;
