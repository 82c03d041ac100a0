/** Proves CNI plugins from outside: by executing them and looking at the kernel. */
@NullMarked
package dev.kakehashi.conformance;

import org.jspecify.annotations.NullMarked;
