package dev.kakehashi.linux.nft;

import dev.kakehashi.linux.nft.expr.DataType;
import dev.kakehashi.linux.nft.expr.Expression;
import dev.kakehashi.linux.nft.expr.Value;

/** What a register holds, while a rule's expressions are read back into words. */
sealed interface Operand {
    /**
     * Something that was read.
     *
     * @param source the expression that read it
     * @param text its name
     * @param type its type
     * @param words 4-byte words that it takes in the registers
     */
    record Loaded(Expression source, String text, DataType type, int words) implements Operand {}

    /** A constant. */
    record Constant(Value value) implements Operand {}

    /** {@code (base & mask) ^ xor}. */
    record Masked(Loaded base, Value mask, Value xor) implements Operand {}

    /** What a map has for a key. */
    record Mapped(String text) implements Operand {}
}
