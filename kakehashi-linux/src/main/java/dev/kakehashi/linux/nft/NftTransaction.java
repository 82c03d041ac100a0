package dev.kakehashi.linux.nft;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/**
 * Changes that happen all together or not at all: packets see the rules before or the rules after,
 * never between. It touches only the tables that its commands name. Immutable.
 *
 * @param commands in the order in which they take effect
 * @param generation the generation of the namespace's rules that it was computed from; it is
 *     refused ({@link NftException#isStale}) when somebody has changed any table since. Empty: it
 *     applies to whatever is there
 */
public record NftTransaction(List<Command> commands, OptionalInt generation) {
    public NftTransaction {
        commands = List.copyOf(commands);
    }

    /** Begins a transaction. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Makes the table, or empties it when it is there, and fills it: what is in it is then exactly
     * the ruleset.
     */
    public static NftTransaction replace(Ruleset ruleset) {
        return builder().destroyTable(ruleset.id()).add(ruleset).build();
    }

    /** The tables that it touches. */
    public Set<TableId> tables() {
        Set<TableId> tables = new TreeSet<>();
        for (Command command : commands) {
            tables.add(command.table());
        }
        return tables;
    }

    /** Whether there is nothing to do. */
    public boolean isEmpty() {
        return commands.isEmpty();
    }

    /** The nft commands that do the same, one a line; {@code nft -f} can read them. */
    public String text() {
        StringBuilder text = new StringBuilder();
        for (Command command : commands) {
            text.append(command.text()).append('\n');
        }
        return text.toString();
    }

    /**
     * Gathers commands. Names follow nft: <em>add</em> also succeeds when the object is there
     * already, <em>create</em> does not; <em>delete</em> fails when it is not there,
     * <em>destroy</em> does not (but its table, and the set of an element, must be there). Not
     * thread-safe.
     */
    public static final class Builder {
        private final List<Command> commands = new ArrayList<>();
        private OptionalInt generation = OptionalInt.empty();

        private Builder() {}

        /** The finished transaction. */
        public NftTransaction build() {
            return new NftTransaction(commands, generation);
        }

        /** Any command. */
        public Builder command(Command command) {
            commands.add(command);
            return this;
        }

        /**
         * Refuse when somebody has changed any table since this generation ({@link
         * InstalledTable#generation}).
         */
        public Builder ifGeneration(int expected) {
            generation = OptionalInt.of(expected);
            return this;
        }

        /**
         * Adds the table with all that is in it: chains first, since rules and verdict maps refer
         * to them, then sets, elements and rules.
         */
        public Builder add(Ruleset ruleset) {
            TableId id = ruleset.id();
            addTable(ruleset.table());
            for (ChainContents contents : ruleset.chains()) {
                addChain(id, contents.chain());
            }
            for (SetContents contents : ruleset.sets()) {
                addSet(id, contents.set());
                if (!contents.elements().isEmpty()) {
                    addElements(id, contents.set(), contents.elements());
                }
            }
            for (ChainContents contents : ruleset.chains()) {
                for (Rule rule : contents.rules()) {
                    addRule(id, contents.chain().name(), rule);
                }
            }
            return this;
        }

        /** Equivalent to: {@code nft add table}. */
        public Builder addTable(Table table) {
            return command(new Command.AddTable(table, false));
        }

        /** Equivalent to: {@code nft create table}. */
        public Builder createTable(Table table) {
            return command(new Command.AddTable(table, true));
        }

        /** Equivalent to: {@code nft delete table}, with all that is in it. */
        public Builder deleteTable(TableId table) {
            return command(new Command.DeleteTable(table, false));
        }

        /** Equivalent to: {@code nft destroy table}, with all that is in it. */
        public Builder destroyTable(TableId table) {
            return command(new Command.DeleteTable(table, true));
        }

        /** Equivalent to: {@code nft flush table}: removes all rules; chains and sets stay. */
        public Builder flushTable(TableId table) {
            return command(new Command.FlushTable(table));
        }

        /**
         * Equivalent to: {@code nft add chain}. Of a chain that is there only the policy changes;
         * another type, hook or priority is refused.
         */
        public Builder addChain(TableId table, Chain chain) {
            return command(new Command.AddChain(table, chain, false));
        }

        /** Equivalent to: {@code nft create chain}. */
        public Builder createChain(TableId table, Chain chain) {
            return command(new Command.AddChain(table, chain, true));
        }

        /**
         * Equivalent to: {@code nft delete chain}, with its rules; refused (EBUSY) while other
         * rules or maps lead to it.
         */
        public Builder deleteChain(TableId table, String chain) {
            return command(new Command.DeleteChain(table, chain, false));
        }

        /** Equivalent to: {@code nft destroy chain}. */
        public Builder destroyChain(TableId table, String chain) {
            return command(new Command.DeleteChain(table, chain, true));
        }

        /** Equivalent to: {@code nft flush chain}: removes its rules. */
        public Builder flushChain(TableId table, String chain) {
            return command(new Command.FlushChain(table, chain));
        }

        /** Equivalent to: {@code nft add rule}, behind all others. */
        public Builder addRule(TableId table, String chain, Rule rule) {
            return command(new Command.AddRule(table, chain, rule, Command.Place.LAST, 0));
        }

        /** Equivalent to: {@code nft insert rule}, before all others. */
        public Builder insertRule(TableId table, String chain, Rule rule) {
            return command(new Command.AddRule(table, chain, rule, Command.Place.FIRST, 0));
        }

        /**
         * Equivalent to: {@code nft add rule TABLE CHAIN handle N …}: behind the rule of the
         * handle.
         */
        public Builder addRuleAfter(TableId table, String chain, long handle, Rule rule) {
            return command(new Command.AddRule(table, chain, rule, Command.Place.AFTER, handle));
        }

        /**
         * Equivalent to: {@code nft insert rule TABLE CHAIN handle N …}: before the rule of the
         * handle.
         */
        public Builder insertRuleBefore(TableId table, String chain, long handle, Rule rule) {
            return command(new Command.AddRule(table, chain, rule, Command.Place.BEFORE, handle));
        }

        /**
         * Equivalent to: {@code nft replace rule TABLE CHAIN handle N …}. Whether the new rule has
         * the old one's handle depends on the kernel.
         */
        public Builder replaceRule(TableId table, String chain, long handle, Rule rule) {
            return command(new Command.AddRule(table, chain, rule, Command.Place.REPLACE, handle));
        }

        /** Equivalent to: {@code nft delete rule TABLE CHAIN handle N}. */
        public Builder deleteRule(TableId table, String chain, long handle) {
            return command(new Command.DeleteRule(table, chain, handle));
        }

        /**
         * Equivalent to: {@code nft add set} or {@code nft add map}. One that is there must be the
         * same.
         */
        public Builder addSet(TableId table, NftSet set) {
            return command(new Command.AddSet(table, set, false));
        }

        /** Equivalent to: {@code nft create set} or {@code nft create map}. */
        public Builder createSet(TableId table, NftSet set) {
            return command(new Command.AddSet(table, set, true));
        }

        /**
         * Equivalent to: {@code nft delete set} or {@code nft delete map}; refused (EBUSY) while a
         * rule uses it.
         */
        public Builder deleteSet(TableId table, NftSet set) {
            return command(new Command.DeleteSet(table, set, false));
        }

        /** Equivalent to: {@code nft destroy set} or {@code nft destroy map}. */
        public Builder destroySet(TableId table, NftSet set) {
            return command(new Command.DeleteSet(table, set, true));
        }

        /** Equivalent to: {@code nft flush set} or {@code nft flush map}. */
        public Builder flushSet(TableId table, NftSet set) {
            return command(new Command.FlushSet(table, set));
        }

        /** Equivalent to: {@code nft add element}. A key that is there must have the same data. */
        public Builder addElements(TableId table, NftSet set, List<Element> elements) {
            return command(new Command.AddElements(table, set, elements, false));
        }

        /** Equivalent to: {@code nft create element}. */
        public Builder createElements(TableId table, NftSet set, List<Element> elements) {
            return command(new Command.AddElements(table, set, elements, true));
        }

        /** Equivalent to: {@code nft delete element}. */
        public Builder deleteElements(TableId table, NftSet set, List<Element> elements) {
            return command(new Command.DeleteElements(table, set, elements, false));
        }

        /** Equivalent to: {@code nft destroy element}. */
        public Builder destroyElements(TableId table, NftSet set, List<Element> elements) {
            return command(new Command.DeleteElements(table, set, elements, true));
        }
    }
}
