@NullMarked
package dev.kakehashi.cluster.flannel;

import org.jspecify.annotations.NullMarked;
