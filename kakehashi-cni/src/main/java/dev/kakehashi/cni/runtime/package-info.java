/** The runtime side: what a container runtime calls to attach containers through plugins. */
@NullMarked
package dev.kakehashi.cni.runtime;

import org.jspecify.annotations.NullMarked;
