/** The store in etcd, for several hosts without Kubernetes. */
@NullMarked
package dev.kakehashi.store.etcd;

import org.jspecify.annotations.NullMarked;
