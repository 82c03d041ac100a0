/** Finding and executing plugin binaries; used by the runtime side and for delegation. */
@NullMarked
package dev.kakehashi.cni.exec;

import org.jspecify.annotations.NullMarked;
