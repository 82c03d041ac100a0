/**
 * Unix stream sockets with what the JDK's lack: passing descriptors, and the process behind a
 * connection (unix(7)).
 */
@NullMarked
package dev.kakehashi.linux.unix;

import org.jspecify.annotations.NullMarked;
