package dev.kakehashi.linux.nft;

import dev.kakehashi.linux.nft.expr.Data;
import dev.kakehashi.linux.nft.expr.DataType;
import dev.kakehashi.linux.nft.expr.Value;

import java.util.ArrayList;
import java.util.List;

/** Tables, chains, sets and elements in the words of nft. */
final class RulesetText {
    private RulesetText() {}

    static String of(Ruleset ruleset) {
        StringBuilder text = new StringBuilder();
        Table table = ruleset.table();
        text.append("table ").append(table.id()).append(" {\n");
        if (!table.comment().isEmpty()) {
            text.append("\tcomment \"").append(table.comment()).append("\"\n");
        }
        if (!table.flags().isEmpty()) {
            text.append("\tflags ").append(flags(table)).append('\n');
        }
        String separator = "";
        for (SetContents contents : ruleset.sets()) {
            text.append(separator);
            append(text, contents);
            separator = "\n";
        }
        for (ChainContents contents : ruleset.chains()) {
            text.append(separator);
            append(text, table.id().family(), contents);
            separator = "\n";
        }
        return text.append("}\n").toString();
    }

    static String flags(Table table) {
        List<String> words = new ArrayList<>();
        for (TableFlag flag : TableFlag.values()) {
            if (table.flags().contains(flag)) {
                words.add(flag.text());
            }
        }
        return String.join(",", words);
    }

    private static void append(StringBuilder text, SetContents contents) {
        NftSet set = contents.set();
        text.append(set.isMap() ? "\tmap " : "\tset ").append(set.name()).append(" {\n");
        for (String line : lines(set)) {
            text.append("\t\t").append(line).append('\n');
        }
        if (!contents.elements().isEmpty()) {
            text.append("\t\telements = { ");
            String separator = "";
            for (Element element : contents.elements()) {
                text.append(separator).append(of(set, element));
                separator = ",\n\t\t\t     ";
            }
            text.append(" }\n");
        }
        text.append("\t}\n");
    }

    private static void append(StringBuilder text, Family family, ChainContents contents) {
        Chain chain = contents.chain();
        text.append("\tchain ").append(chain.name()).append(" {\n");
        if (!chain.comment().isEmpty()) {
            text.append("\t\tcomment \"").append(chain.comment()).append("\"\n");
        }
        chain.base().ifPresent(base -> text.append("\t\t").append(of(family, base)).append('\n'));
        for (Rule rule : contents.rules()) {
            text.append("\t\t").append(rule.text(family)).append('\n');
        }
        text.append("\t}\n");
    }

    /** What stands between a set's braces, without elements. */
    static List<String> lines(NftSet set) {
        List<String> lines = new ArrayList<>();
        lines.add("type " + types(set.key()) + (set.isMap() ? " : " + types(set.data()) : ""));
        if (set.size() != 0) {
            lines.add("size " + set.size());
        }
        if (!set.flags().isEmpty()) {
            List<String> words = new ArrayList<>();
            for (SetFlag flag : FLAG_ORDER) {
                if (set.flags().contains(flag)) {
                    words.add(flag.text());
                }
            }
            lines.add("flags " + String.join(",", words));
        }
        if (!set.timeout().isZero()) {
            lines.add("timeout " + DurationText.of(set.timeout().toMillis()));
        }
        if (!set.comment().isEmpty()) {
            lines.add("comment \"" + set.comment() + "\"");
        }
        return lines;
    }

    private static final List<SetFlag> FLAG_ORDER =
            List.of(
                    SetFlag.CONSTANT,
                    SetFlag.DYNAMIC,
                    SetFlag.INTERVAL,
                    SetFlag.TIMEOUT,
                    SetFlag.ANONYMOUS);

    private static String types(List<DataType> types) {
        List<String> words = new ArrayList<>();
        for (DataType type : types) {
            words.add(type.text());
        }
        return String.join(" . ", words);
    }

    /** {@code type nat hook postrouting priority srcnat; policy accept;}. */
    static String of(Family family, BaseHook base) {
        return "type "
                + base.type().text()
                + " hook "
                + base.hook().text()
                + (base.device().isEmpty() ? "" : " device \"" + base.device() + "\"")
                + " priority "
                + Priority.text(family, base.hook(), base.priority())
                + "; policy "
                + base.policy().text()
                + ";";
    }

    /** One element with what belongs to it. */
    static String of(NftSet set, Element element) {
        StringBuilder text = new StringBuilder(key(set.key(), element.key(), element.last()));
        if (!element.timeout().isZero()) {
            text.append(" timeout ").append(DurationText.of(element.timeout().toMillis()));
        }
        if (!element.comment().isEmpty()) {
            text.append(" comment \"").append(element.comment()).append('"');
        }
        if (element.data().isPresent()) {
            Data data = element.data().get();
            text.append(" : ").append(ValueText.of(set.data(), data));
        }
        return text.toString();
    }

    private static String key(List<DataType> types, Value first, Value last) {
        StringBuilder text = new StringBuilder();
        int at = 0;
        for (DataType type : types) {
            text.append(at == 0 ? "" : " . ");
            text.append(range(type, first.slice(at, type.length()), last.slice(at, type.length())));
            at += Value.padded(type.length());
        }
        return text.toString();
    }

    private static String range(DataType type, Value first, Value last) {
        if (first.equals(last)) {
            return ValueText.of(type, first);
        }
        if (type == DataType.IPV4_ADDR || type == DataType.IPV6_ADDR) {
            for (int length = 0; length < type.length() * 8; length++) {
                Value mask = Value.mask(length, type.length());
                if (first.and(mask).equals(first) && first.or(mask.not()).equals(last)) {
                    return ValueText.of(type, first) + "/" + length;
                }
            }
        }
        return ValueText.of(type, first) + "-" + ValueText.of(type, last);
    }
}
