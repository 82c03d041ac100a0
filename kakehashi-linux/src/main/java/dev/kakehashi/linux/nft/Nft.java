package dev.kakehashi.linux.nft;

import java.util.List;
import java.util.Optional;

/**
 * The nftables of one network namespace. All methods may be called from any thread; each
 * transaction is atomic, and listings of a table are of one generation. Tables that are not named
 * are neither read nor changed.
 */
public interface Nft {
    /**
     * Applies a transaction, all of it or nothing. An empty one does nothing.
     *
     * @throws NftException when the kernel refuses it: the first command that failed and why
     */
    void apply(NftTransaction transaction) throws NftException;

    /**
     * The names of all tables, sorted. Equivalent to: {@code nft list tables}.
     *
     * @throws NftException when the kernel refuses
     */
    List<TableId> tables() throws NftException;

    /**
     * A table with all that is in it; empty when it is not there. Equivalent to: {@code nft -a list
     * table}.
     *
     * @throws NftException when the kernel refuses
     */
    Optional<InstalledTable> table(TableId table) throws NftException;

    /**
     * A table with its chains and rules but without its sets: cheap where sets are large.
     * Equivalent to: {@code nft -a -t list table} without sets.
     *
     * @throws NftException when the kernel refuses
     */
    Optional<InstalledTable> rules(TableId table) throws NftException;

    /**
     * A table's chains without their rules; none when the table is not there. Equivalent to: {@code
     * nft list chains} of one table.
     *
     * @throws NftException when the kernel refuses
     */
    List<Chain> chains(TableId table) throws NftException;

    /**
     * The elements of one set or map; empty when the set is not there. Equivalent to: {@code nft
     * list set}.
     *
     * @throws NftException when the kernel refuses
     */
    Optional<SetContents> set(TableId table, String set) throws NftException;
}
