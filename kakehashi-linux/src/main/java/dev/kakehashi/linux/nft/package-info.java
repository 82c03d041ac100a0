/**
 * nftables: tables, chains, rules, sets and maps as values, changed in atomic transactions over
 * nf_tables netlink messages and read back as the same values.
 *
 * <p>The way through the package: a {@link dev.kakehashi.linux.nft.Rule} is written with {@link
 * dev.kakehashi.linux.nft.RuleBuilder}; chains, sets and rules of one table are gathered in a
 * {@link dev.kakehashi.linux.nft.Ruleset}, or changed one by one in a {@link
 * dev.kakehashi.linux.nft.NftTransaction}; {@link dev.kakehashi.linux.nft.Nft} applies it and reads
 * tables back.
 */
@NullMarked
package dev.kakehashi.linux.nft;

import org.jspecify.annotations.NullMarked;
