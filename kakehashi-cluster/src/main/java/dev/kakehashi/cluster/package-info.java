/** Cluster intent and its compilers to desired state. */
@NullMarked
package dev.kakehashi.cluster;

import org.jspecify.annotations.NullMarked;
