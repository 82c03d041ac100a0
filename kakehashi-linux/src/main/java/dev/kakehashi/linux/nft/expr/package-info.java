/**
 * The expressions of an nftables rule as the kernel keeps them: small instructions over registers
 * (linux/netfilter/nf_tables.h). Each is a record that is equal to what the kernel returns for it,
 * so a rule that was read back can be compared with the one that was wanted. Rules are written with
 * {@link dev.kakehashi.linux.nft.RuleBuilder}, which speaks as {@code nft} does.
 */
@NullMarked
package dev.kakehashi.linux.nft.expr;

import org.jspecify.annotations.NullMarked;
