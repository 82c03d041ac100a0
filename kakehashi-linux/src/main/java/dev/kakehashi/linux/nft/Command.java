package dev.kakehashi.linux.nft;

import java.util.List;

/**
 * One step of a transaction. {@link #text} is the nft command that does the same; what it makes has
 * a name that nft can write: begins with a letter or _ and goes on with letters, digits and _-./
 */
public sealed interface Command {
    /** The only table that it touches. */
    TableId table();

    /**
     * The nft command, e.g. {@code add rule inet kakehashi postrouting ip saddr 10.1.2.3
     * masquerade}.
     */
    default String text() {
        return CommandText.of(this);
    }

    /** Makes a table; {@code exclusive}: it must not be there yet. */
    record AddTable(Table definition, boolean exclusive) implements Command {
        public AddTable {
            Names.checkNew("table", definition.id().name());
        }

        @Override
        public TableId table() {
            return definition.id();
        }
    }

    /**
     * Makes a chain; {@code exclusive}: it must not be there yet. Of a chain that is there, only
     * the policy changes.
     */
    record AddChain(TableId table, Chain chain, boolean exclusive) implements Command {
        public AddChain {
            Names.checkNew("chain", chain.name());
        }
    }

    /** Makes a set or map; {@code exclusive}: it must not be there yet. */
    record AddSet(TableId table, NftSet set, boolean exclusive) implements Command {
        public AddSet {
            Names.checkNew("set", set.name());
        }
    }

    /** Puts a rule into a chain. {@code handle} is 0 where the place needs none. */
    record AddRule(TableId table, String chain, Rule rule, Place place, long handle)
            implements Command {
        public AddRule {
            boolean needed = place != Place.LAST && place != Place.FIRST;
            if (needed == (handle == 0)) {
                throw new IllegalArgumentException(
                        "the place "
                                + place
                                + (needed ? " needs" : " has no")
                                + " handle of a rule");
            }
        }
    }

    /** Removes a rule. */
    record DeleteRule(TableId table, String chain, long handle) implements Command {}

    /** Puts elements into a set or map; {@code exclusive}: none of their keys may be there yet. */
    record AddElements(TableId table, NftSet set, List<Element> elements, boolean exclusive)
            implements Command {
        public AddElements {
            elements = List.copyOf(elements);
            for (Element element : elements) {
                SortedElements.check(set, element);
            }
        }
    }

    /** Removes elements by key; {@code lenient}: also when they are not there. */
    record DeleteElements(TableId table, NftSet set, List<Element> elements, boolean lenient)
            implements Command {
        public DeleteElements {
            elements = List.copyOf(elements);
        }
    }

    /** Removes the table with all that is in it; {@code lenient}: also when it is not there. */
    record DeleteTable(TableId table, boolean lenient) implements Command {}

    /** Removes a chain with its rules; {@code lenient}: also when it is not there. */
    record DeleteChain(TableId table, String chain, boolean lenient) implements Command {}

    /** Removes a set or map with its elements; {@code lenient}: also when it is not there. */
    record DeleteSet(TableId table, NftSet set, boolean lenient) implements Command {}

    /** Removes the rules of all chains; chains, sets and elements stay. */
    record FlushTable(TableId table) implements Command {}

    /** Removes the rules of a chain. */
    record FlushChain(TableId table, String chain) implements Command {}

    /** Removes the elements of a set or map. */
    record FlushSet(TableId table, NftSet set) implements Command {}

    /** Where a rule goes. */
    enum Place {
        /** Behind all others: {@code add rule}. */
        LAST,
        /** Before all others: {@code insert rule}. */
        FIRST,
        /** Behind the rule of a handle: {@code add rule … handle N}. */
        AFTER,
        /** Before the rule of a handle: {@code insert rule … handle N}. */
        BEFORE,
        /** In place of the rule of a handle: {@code replace rule … handle N}. */
        REPLACE
    }
}
