package dev.kakehashi.linux.nft;

import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.nft.expr.CmpOp;
import dev.kakehashi.linux.nft.expr.Value;

import java.net.InetAddress;

/** The right side of a comparison: what a {@link Selector} must be for the rule to go on. */
public sealed interface Match {
    /** Equal to the value. */
    static Match is(Value value) {
        return new Compare(CmpOp.EQ, value);
    }

    /** Different from the value. */
    static Match isNot(Value value) {
        return new Compare(CmpOp.NEQ, value);
    }

    /** Equal to the address. */
    static Match is(InetAddress address) {
        return is(Value.of(address));
    }

    /** Different from the address. */
    static Match isNot(InetAddress address) {
        return isNot(Value.of(address));
    }

    /** Equal to the MAC address. */
    static Match is(MacAddress address) {
        return is(Value.of(address));
    }

    /** Within the prefix; its host bits do not matter. */
    static Match in(IpPrefix prefix) {
        return new Prefix(false, prefix);
    }

    /** Outside the prefix. */
    static Match notIn(IpPrefix prefix) {
        return new Prefix(true, prefix);
    }

    /** From the first to the last value, both included; values in network order only. */
    static Match between(Value from, Value to) {
        return new Between(false, from, to);
    }

    /** Below the first or above the last value; values in network order only. */
    static Match notBetween(Value from, Value to) {
        return new Between(true, from, to);
    }

    /** The bits under the mask are these. */
    static Match masked(Value mask, Value value) {
        return new Masked(mask, CmpOp.EQ, value);
    }

    /** The bits under the mask are not these. */
    static Match notMasked(Value mask, Value value) {
        return new Masked(mask, CmpOp.NEQ, value);
    }

    /** At least one of the bits is set. */
    static Match any(Value bits) {
        return new Masked(bits, CmpOp.NEQ, Value.of(new byte[bits.length()]));
    }

    /** None of the bits is set. */
    static Match none(Value bits) {
        return new Masked(bits, CmpOp.EQ, Value.of(new byte[bits.length()]));
    }

    /** An element of the set of this name in the rule's table. */
    static Match in(String set) {
        return new InSet(false, set);
    }

    /** No element of the set of this name in the rule's table. */
    static Match notIn(String set) {
        return new InSet(true, set);
    }

    /** See {@link #is(Value)}. */
    record Compare(CmpOp op, Value value) implements Match {}

    /** See {@link #in(IpPrefix)}. */
    record Prefix(boolean inverted, IpPrefix prefix) implements Match {}

    /** See {@link #between}. */
    record Between(boolean inverted, Value from, Value to) implements Match {}

    /** See {@link #masked}. */
    record Masked(Value mask, CmpOp op, Value value) implements Match {}

    /** See {@link #in(String)}. */
    record InSet(boolean inverted, String set) implements Match {}
}
