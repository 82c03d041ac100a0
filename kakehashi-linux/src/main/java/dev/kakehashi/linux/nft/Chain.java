package dev.kakehashi.linux.nft;

import java.util.Optional;

/**
 * A chain without its rules.
 *
 * @param name 1 to 255 characters; of a new chain, those that {@link Command} names
 * @param base where packets enter it; empty for a chain that others jump to
 * @param comment what {@code nft list} shows as {@code comment "…"}; empty for none
 */
public record Chain(String name, Optional<BaseHook> base, String comment) {
    public Chain {
        Names.check("chain", name);
        Names.checkComment(comment);
    }

    /** A chain that others jump to. */
    public static Chain regular(String name) {
        return new Chain(name, Optional.empty(), "");
    }

    /** A chain that packets enter at a hook. */
    public static Chain base(String name, BaseHook base) {
        return new Chain(name, Optional.of(base), "");
    }

    /** A chain that packets enter at a hook, with policy accept. */
    public static Chain base(String name, ChainType type, Hook hook, int priority) {
        return base(name, BaseHook.of(type, hook, priority));
    }

    /** The same chain with a comment. */
    public Chain comment(String text) {
        return new Chain(name, base, text);
    }
}
