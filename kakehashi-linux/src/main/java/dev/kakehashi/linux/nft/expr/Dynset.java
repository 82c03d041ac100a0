package dev.kakehashi.linux.nft.expr;

/**
 * Adds, refreshes or removes an element of a set from the packet's path.
 *
 * @param op what to do
 * @param set the name of the set
 * @param key the key's register
 * @param data the register of a map's data, else {@link Register#NONE}
 * @param timeoutMillis the element's time to live; 0 for the set's
 */
public record Dynset(DynsetOp op, String set, Register key, Register data, long timeoutMillis)
        implements Expression {
    @Override
    public String kind() {
        return "dynset";
    }
}
