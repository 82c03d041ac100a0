/** Tests of the store in etcd. */
@NullMarked
package dev.kakehashi.store.etcd;

import org.jspecify.annotations.NullMarked;
