package dev.kakehashi.linux.nft;

import dev.kakehashi.linux.nft.expr.DataType;
import dev.kakehashi.linux.nft.expr.Value;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A named set or map without its elements. A map is a set whose elements carry data.
 *
 * @param name 1 to 255 characters
 * @param key the types of the key: one, or several for a concatenation
 * @param data the types of a map's data, {@code [VERDICT]} for a verdict map; empty for a set
 * @param flags what it must be able to do
 * @param timeout the elements' time to live where they have none of their own; zero for none
 * @param size the most elements it takes; 0 for no bound
 * @param comment what {@code nft list} shows as {@code comment "…"}; empty for none
 */
public record NftSet(
        String name,
        List<DataType> key,
        List<DataType> data,
        Set<SetFlag> flags,
        Duration timeout,
        int size,
        String comment) {
    /** NFT_REG32_COUNT: fields of one concatenation. */
    private static final int MAX_BYTES = 64;

    public NftSet {
        Names.check("set", name);
        Names.checkComment(comment);
        key = List.copyOf(key);
        data = List.copyOf(data);
        flags = Set.copyOf(flags);
        if (key.isEmpty() || length(key) > MAX_BYTES || length(data) > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "the key of the set " + name + " has 1 to 64 bytes, its data at most 64");
        }
        if (key.contains(DataType.VERDICT)
                || (data.contains(DataType.VERDICT) && data.size() > 1)) {
            throw new IllegalArgumentException(
                    "a verdict is the whole data of a map and never part of the key: set " + name);
        }
        if (timeout.isNegative() || size < 0) {
            throw new IllegalArgumentException(
                    "timeout and size of the set " + name + " must not be negative");
        }
        if (!timeout.isZero() && !flags.contains(SetFlag.TIMEOUT)) {
            EnumSet<SetFlag> more = EnumSet.of(SetFlag.TIMEOUT);
            more.addAll(flags);
            flags = Set.copyOf(more);
        }
    }

    /** A set of keys of these types: {@code set NAME { type KEY . KEY; }}. */
    public static NftSet set(String name, DataType... key) {
        return new NftSet(name, List.of(key), List.of(), Set.of(), Duration.ZERO, 0, "");
    }

    /** A map to data: {@code map NAME { type KEY . KEY : DATA . DATA; }}. */
    public static NftSet map(String name, List<DataType> key, DataType... data) {
        return new NftSet(name, key, List.of(data), Set.of(), Duration.ZERO, 0, "");
    }

    /** A map to verdicts: {@code map NAME { type KEY . KEY : verdict; }}. */
    public static NftSet verdictMap(String name, DataType... key) {
        return map(name, List.of(key), DataType.VERDICT);
    }

    /** The same with these flags in place of its own. */
    public NftSet flags(SetFlag... others) {
        return new NftSet(name, key, data, Set.of(others), timeout, size, comment);
    }

    /** The same with a time to live for elements. */
    public NftSet timeout(Duration other) {
        return new NftSet(name, key, data, flags, other, size, comment);
    }

    /** The same with a greatest number of elements. */
    public NftSet size(int other) {
        return new NftSet(name, key, data, flags, timeout, other, comment);
    }

    /** The same with a comment. */
    public NftSet comment(String other) {
        return new NftSet(name, key, data, flags, timeout, size, other);
    }

    /** Whether elements carry data. */
    public boolean isMap() {
        return !data.isEmpty();
    }

    /** Whether elements carry verdicts. */
    public boolean isVerdictMap() {
        return data.equals(List.of(DataType.VERDICT));
    }

    /** Whether elements may be ranges. */
    public boolean isInterval() {
        return flags.contains(SetFlag.INTERVAL);
    }

    /** Bytes of a value of these types: one type its own, a concatenation whole words for each. */
    static int length(List<DataType> types) {
        if (types.size() == 1) {
            return types.getFirst().length();
        }
        int length = 0;
        for (DataType type : types) {
            length += Value.padded(type.length());
        }
        return length;
    }
}
