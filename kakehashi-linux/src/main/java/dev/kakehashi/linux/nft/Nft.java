package dev.kakehashi.linux.nft;

import dev.kakehashi.linux.nft.expr.Value;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

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
     * Equivalent to: {@code nft -a -t list table} without sets. Of the kernel's own nftables, the
     * chains of a small table are the very list of the last call as long as nothing about them is
     * another.
     *
     * @throws NftException when the kernel refuses
     */
    Optional<InstalledTable> rules(TableId table) throws NftException;

    /**
     * A table with one of its chains and the rules in that, and without its sets: cheap where other
     * chains are many. Equivalent to: {@code nft -a list chain}.
     *
     * @return without the chain when that is not there; empty when the table is not
     * @throws NftException when the kernel refuses
     */
    Optional<InstalledTable> rules(TableId table, String chain) throws NftException;

    /**
     * A table's chains without their rules; none when the table is not there. Equivalent to: {@code
     * nft list chains} of one table.
     *
     * @throws NftException when the kernel refuses
     */
    List<Chain> chains(TableId table) throws NftException;

    /**
     * The chains of all tables of some families without their rules, read at once. Equivalent to:
     * {@code nft list chains}.
     *
     * @return tables without chains are not among them
     * @throws NftException when the kernel refuses
     */
    Map<TableId, List<Chain>> chains(Set<Family> families) throws NftException;

    /**
     * The elements of one set or map; empty when the set is not there. Equivalent to: {@code nft
     * list set}.
     *
     * @throws NftException when the kernel refuses
     */
    Optional<SetContents> set(TableId table, String set) throws NftException;

    /**
     * A set or map with those of its elements that have one of these keys. Each is looked up: it is
     * as fast with many elements as with few. Of a set with {@link SetFlag#INTERVAL}, whose
     * elements hold many keys, all elements. Equivalent to: {@code nft get element} for each.
     *
     * @param keys whole keys, of all parts of a concatenation; without any, the set alone
     * @return empty when the set is not there
     * @throws NftException when the kernel refuses
     */
    Optional<SetContents> set(TableId table, String set, Collection<Value> keys)
            throws NftException;

    /**
     * The generation of the namespace's rules, which each transaction makes anew: what was read
     * after it is still so for a transaction that names it ({@link
     * NftTransaction.Builder#ifGeneration}).
     *
     * @throws NftException when the kernel refuses
     */
    int generation() throws NftException;
}
