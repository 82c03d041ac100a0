/** The store in a Kubernetes API server. */
@NullMarked
package dev.kakehashi.store.kubernetes;

import org.jspecify.annotations.NullMarked;
