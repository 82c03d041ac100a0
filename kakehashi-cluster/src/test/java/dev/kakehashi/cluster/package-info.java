/** Tests of the cluster's intent. */
@NullMarked
package dev.kakehashi.cluster;

import org.jspecify.annotations.NullMarked;
