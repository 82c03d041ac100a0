/** Tests of stores, and the contract each must keep. */
@NullMarked
package dev.kakehashi.cluster.store;

import org.jspecify.annotations.NullMarked;
