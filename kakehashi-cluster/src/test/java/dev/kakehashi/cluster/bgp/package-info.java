@NullMarked
package dev.kakehashi.cluster.bgp;

import org.jspecify.annotations.NullMarked;
