package dev.kakehashi.linux.nft;

import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.nft.expr.Data;
import dev.kakehashi.linux.nft.expr.Value;

import org.jspecify.annotations.Nullable;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;

/**
 * An element of a set or map. How long it will still live, and what its counters counted, are no
 * part of it.
 *
 * @param key the key; of a range the lowest
 * @param last the highest key of a range, both ends included; equal to {@code key} for a single one
 * @param data what a map has for the key; empty in a set
 * @param timeout its time to live when it is added; zero for the set's
 * @param comment what {@code nft list} shows as {@code comment "…"}; empty for none
 */
public record Element(
        Value key, Value last, Optional<Data> data, Duration timeout, String comment) {
    public Element {
        Names.checkComment(comment);
        if (key.length() != last.length()) {
            throw new IllegalArgumentException(
                    "the ends of a range differ in length: " + key + " to " + last);
        }
    }

    // Written out: see NetnsId.equals.
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof Element element
                        && key.equals(element.key)
                        && last.equals(element.last)
                        && data.equals(element.data)
                        && timeout.equals(element.timeout)
                        && comment.equals(element.comment));
    }

    @Override
    public int hashCode() {
        return 31 * key.hashCode() + last.hashCode();
    }

    /** The element of a key; several parts make a concatenation. */
    public static Element of(Value... parts) {
        Value key = parts.length == 1 ? parts[0] : Value.concat(parts);
        return new Element(key, key, Optional.empty(), Duration.ZERO, "");
    }

    /** The element of an address. */
    public static Element of(InetAddress address) {
        return of(Value.of(address));
    }

    /** All keys from the lowest to the highest, of a set with {@link SetFlag#INTERVAL}. */
    public static Element range(Value key, Value last) {
        return new Element(key, last, Optional.empty(), Duration.ZERO, "");
    }

    /** All addresses of a prefix, of a set with {@link SetFlag#INTERVAL}. */
    public static Element of(IpPrefix prefix) {
        return range(first(prefix), last(prefix));
    }

    /** The lowest address of a prefix, for ranges of concatenations. */
    public static Value first(IpPrefix prefix) {
        return Value.of(prefix.network().address());
    }

    /** The highest address of a prefix, for ranges of concatenations. */
    public static Value last(IpPrefix prefix) {
        Value mask = Value.mask(prefix.length(), prefix.bits() / 8);
        return first(prefix).or(mask.not());
    }

    /** The same with data, for a map. */
    public Element to(Data value) {
        return new Element(key, last, Optional.of(value), timeout, comment);
    }

    /** The same with the parts of a concatenation as data, for a map. */
    public Element to(Value... parts) {
        return to((Data) (parts.length == 1 ? parts[0] : Value.concat(parts)));
    }

    /** The same with a time to live. */
    public Element timeout(Duration other) {
        return new Element(key, last, data, other, comment);
    }

    /** The same with a comment. */
    public Element comment(String text) {
        return new Element(key, last, data, timeout, text);
    }

    /** Whether it is more than one key. */
    public boolean isRange() {
        return !key.equals(last);
    }
}
