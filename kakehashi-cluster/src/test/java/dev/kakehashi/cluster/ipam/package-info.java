@NullMarked
package dev.kakehashi.cluster.ipam;

import org.jspecify.annotations.NullMarked;
