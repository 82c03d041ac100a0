/** Kernel settings under {@code /proc/sys}, of the namespace that is asked for. */
@NullMarked
package dev.kakehashi.linux.sysctl;

import org.jspecify.annotations.NullMarked;
