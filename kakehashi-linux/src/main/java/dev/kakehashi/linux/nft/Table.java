package dev.kakehashi.linux.nft;

import java.util.EnumSet;
import java.util.Set;

/**
 * A table without its contents.
 *
 * @param id family and name
 * @param comment what {@code nft list} shows as {@code comment "…"}; empty for none
 * @param flags usually none
 */
public record Table(TableId id, String comment, Set<TableFlag> flags) {
    public Table {
        Names.checkComment(comment);
        flags = Set.copyOf(flags);
    }

    /** A table without comment and flags. */
    public static Table of(Family family, String name) {
        return new Table(new TableId(family, name), "", Set.of());
    }

    /** The same table with a comment. */
    public Table comment(String text) {
        return new Table(id, text, flags);
    }

    static Set<TableFlag> flags(int bits) {
        EnumSet<TableFlag> flags = EnumSet.noneOf(TableFlag.class);
        for (TableFlag flag : TableFlag.values()) {
            if ((bits & flag.bit()) != 0) {
                flags.add(flag);
            }
        }
        return flags;
    }

    int flagBits() {
        int bits = 0;
        for (TableFlag flag : flags) {
            bits |= flag.bit();
        }
        return bits;
    }
}
