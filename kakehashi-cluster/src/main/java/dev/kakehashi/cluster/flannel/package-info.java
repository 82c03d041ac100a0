/** Flannel's records of nodes, as its etcd subnet manager keeps them, and ours beside them. */
@NullMarked
package dev.kakehashi.cluster.flannel;

import org.jspecify.annotations.NullMarked;
