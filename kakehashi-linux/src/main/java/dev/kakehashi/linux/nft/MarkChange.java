package dev.kakehashi.linux.nft;

import dev.kakehashi.linux.nft.expr.Bitwise;
import dev.kakehashi.linux.nft.expr.Expression;
import dev.kakehashi.linux.nft.expr.Immediate;
import dev.kakehashi.linux.nft.expr.Meta;
import dev.kakehashi.linux.nft.expr.MetaKey;
import dev.kakehashi.linux.nft.expr.MetaSet;
import dev.kakehashi.linux.nft.expr.Register;
import dev.kakehashi.linux.nft.expr.Value;

import java.util.List;

/** What becomes of a packet's mark. */
public sealed interface MarkChange {
    /** {@code meta mark set VALUE}. */
    static MarkChange to(int value) {
        return new Constant(value);
    }

    /** {@code meta mark set mark or BITS}. */
    static MarkChange or(int bits) {
        return new Bits(~bits, bits);
    }

    /** {@code meta mark set mark and BITS}. */
    static MarkChange and(int bits) {
        return new Bits(bits, 0);
    }

    /** {@code meta mark set mark xor BITS}. */
    static MarkChange xor(int bits) {
        return new Bits(-1, bits);
    }

    /**
     * The bits under the mask become the value, the others stay ({@code iptables -j MARK
     * --set-xmark VALUE/MASK}).
     */
    static MarkChange masked(int mask, int value) {
        return new Bits(~mask, value);
    }

    /** {@code meta mark set SELECTOR}, e.g. from {@link Selector#CT_MARK}. */
    static MarkChange from(Selector selector) {
        return new Copy(selector);
    }

    /** Appends the expressions to a rule. */
    default void append(List<Expression> expressions) {
        Register reg = Register.word(0);
        switch (this) {
            case Constant c -> expressions.add(new Immediate(reg, Value.host32(c.value())));
            case Bits b -> {
                expressions.add(new Meta(MetaKey.MARK, reg));
                expressions.add(
                        new Bitwise(reg, reg, Value.host32(b.and()), Value.host32(b.xor())));
            }
            case Copy c -> expressions.add(c.selector().load(reg));
        }
        expressions.add(new MetaSet(MetaKey.MARK, reg));
    }

    /** See {@link #to}. */
    record Constant(int value) implements MarkChange {}

    /** {@code (mark & and) ^ xor}. */
    record Bits(int and, int xor) implements MarkChange {}

    /** See {@link #from}. */
    record Copy(Selector selector) implements MarkChange {
        public Copy {
            if (selector.type().length() != Integer.BYTES || selector.type().bigEndian()) {
                throw new IllegalArgumentException(selector.text() + " cannot become a mark");
            }
        }
    }
}
