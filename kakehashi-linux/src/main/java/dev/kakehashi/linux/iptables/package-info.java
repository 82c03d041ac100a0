/**
 * Rules of iptables, through its own programs: what it keeps in the kernel is its programs'
 * business (xtables, or nftables in a form of its own).
 */
@NullMarked
package dev.kakehashi.linux.iptables;

import org.jspecify.annotations.NullMarked;
