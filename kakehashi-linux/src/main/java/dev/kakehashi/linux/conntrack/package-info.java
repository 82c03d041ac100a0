/** Connection tracking: entries are listed and removed (linux/netfilter/nfnetlink_conntrack.h). */
@NullMarked
package dev.kakehashi.linux.conntrack;

import org.jspecify.annotations.NullMarked;
