/** Tests of the store in Kubernetes. */
@NullMarked
package dev.kakehashi.store.kubernetes;

import org.jspecify.annotations.NullMarked;
