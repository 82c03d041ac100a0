package dev.kakehashi.linux.nft;

import java.util.ArrayList;
import java.util.List;

/** Commands in the words of nft. */
final class CommandText {
    private CommandText() {}

    static String of(Command command) {
        String table = command.table().toString();
        return switch (command) {
            case Command.AddTable c -> add(c.exclusive()) + "table " + table + body(tableLines(c));
            case Command.AddChain c ->
                    add(c.exclusive())
                            + "chain "
                            + table
                            + " "
                            + c.chain().name()
                            + body(chainLines(c.table().family(), c.chain()));
            case Command.AddSet c ->
                    add(c.exclusive()) + set(table, c.set()) + body(RulesetText.lines(c.set()));
            case Command.AddRule c -> rule(table, c);
            case Command.DeleteRule c ->
                    "delete rule " + table + " " + c.chain() + " handle " + c.handle();
            case Command.AddElements c ->
                    add(c.exclusive())
                            + "element "
                            + table
                            + " "
                            + c.set().name()
                            + elements(c.set(), c.elements(), true);
            case Command.DeleteElements c ->
                    delete(c.lenient())
                            + "element "
                            + table
                            + " "
                            + c.set().name()
                            + elements(c.set(), c.elements(), false);
            case Command.DeleteTable c -> delete(c.lenient()) + "table " + table;
            case Command.DeleteChain c -> delete(c.lenient()) + "chain " + table + " " + c.chain();
            case Command.DeleteSet c -> delete(c.lenient()) + set(table, c.set());
            case Command.FlushTable c -> "flush table " + table;
            case Command.FlushChain c -> "flush chain " + table + " " + c.chain();
            case Command.FlushSet c -> "flush " + set(table, c.set());
        };
    }

    private static String add(boolean exclusive) {
        return exclusive ? "create " : "add ";
    }

    private static String delete(boolean lenient) {
        return lenient ? "destroy " : "delete ";
    }

    private static String set(String table, NftSet set) {
        return (set.isMap() ? "map " : "set ") + table + " " + set.name();
    }

    private static String rule(String table, Command.AddRule c) {
        String verb =
                switch (c.place()) {
                    case LAST, AFTER -> "add";
                    case FIRST, BEFORE -> "insert";
                    case REPLACE -> "replace";
                };
        return verb
                + " rule "
                + table
                + " "
                + c.chain()
                + (c.handle() == 0 ? "" : " handle " + c.handle())
                + " "
                + c.rule().text(c.table().family());
    }

    private static List<String> tableLines(Command.AddTable c) {
        List<String> lines = new ArrayList<>();
        if (!c.definition().comment().isEmpty()) {
            lines.add("comment \"" + c.definition().comment() + "\"");
        }
        if (!c.definition().flags().isEmpty()) {
            lines.add("flags " + RulesetText.flags(c.definition()));
        }
        return lines;
    }

    private static List<String> chainLines(Family family, Chain chain) {
        List<String> lines = new ArrayList<>();
        chain.base()
                .ifPresent(base -> {
                    String text = RulesetText.of(family, base);
                    lines.add(text.substring(0, text.length() - 1));
                });
        if (!chain.comment().isEmpty()) {
            lines.add("comment \"" + chain.comment() + "\"");
        }
        return lines;
    }

    private static String body(List<String> lines) {
        return lines.isEmpty() ? "" : " { " + String.join("; ", lines) + "; }";
    }

    private static String elements(NftSet set, List<Element> elements, boolean whole) {
        StringBuilder text = new StringBuilder(" { ");
        String separator = "";
        for (Element element : elements) {
            Element shown = whole ? element : Element.range(element.key(), element.last());
            text.append(separator).append(RulesetText.of(set, shown));
            separator = ", ";
        }
        return text.append(" }").toString();
    }
}
