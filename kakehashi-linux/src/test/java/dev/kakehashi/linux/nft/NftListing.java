package dev.kakehashi.linux.nft;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.TestNamespaces;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** What the nft program lists, in an order that does not depend on when objects were made. */
final class NftListing {
    /** nft 1.0.6 lists {@code tcp flags syn / syn,rst}. */
    private static final Pattern MASKED_FLAGS =
            Pattern.compile("tcp flags & \\(([^)]+)\\) == (\\w+(?: \\| \\w+)*)");

    /** nft 1.0.6 leaves out the burst that it assumes. */
    private static final Pattern DEFAULT_BURST =
            Pattern.compile("(limit rate (?:over )?\\d+/\\w+) burst 5 packets");

    private NftListing() {}

    /**
     * A table without what its counters have counted, in the words of nft 1.0.6, which are ours.
     */
    static String of(Netns netns, TableId table) throws IOException {
        return sorted(
                inWordsOfOldNft(
                        TestNamespaces.run(
                                netns,
                                "nft",
                                "-s",
                                "list",
                                "table",
                                table.family().text(),
                                table.name())));
    }

    /** What nft 1.1.3 lists, as 1.0.6 would: each reads the words of both. */
    private static String inWordsOfOldNft(String listing) {
        // nft 1.0.6 has the name at prerouting only.
        String text = listing.replace("hook output priority dstnat;", "hook output priority -100;");
        text =
                MASKED_FLAGS
                        .matcher(text)
                        .replaceAll(flags ->
                                "tcp flags %s / %s"
                                        .formatted(
                                                flags.group(2).replace(" | ", ","),
                                                flags.group(1).replace(" | ", ",")));
        return DEFAULT_BURST.matcher(text).replaceAll("$1");
    }

    /** The lines of chains and sets together, sorted by name; elements one a line and sorted. */
    static String sorted(String table) {
        List<String> head = new ArrayList<>();
        List<String> blocks = new ArrayList<>();
        StringBuilder block = new StringBuilder();
        for (String line : elementLines(table)) {
            boolean begins =
                    line.startsWith("\tchain ")
                            || line.startsWith("\tset ")
                            || line.startsWith("\tmap ");
            if (begins || !block.isEmpty()) {
                block.append(line).append('\n');
                if (line.equals("\t}")) {
                    blocks.add(block.toString());
                    block.setLength(0);
                }
            } else if (!line.isEmpty()) {
                head.add(line);
            }
        }
        blocks.sort(String::compareTo);
        return String.join("\n", head) + "\n" + String.join("", blocks);
    }

    private static List<String> elementLines(String table) {
        List<String> lines = new ArrayList<>();
        List<String> elements = new ArrayList<>();
        boolean inside = false;
        for (String line : table.lines().toList()) {
            inside |= line.startsWith("\t\telements = {");
            if (!inside) {
                lines.add(line);
                continue;
            }
            String text = line.replace("\t\telements = {", "").replace("}", "");
            for (String element : text.split(",", -1)) {
                if (!element.isBlank()) {
                    elements.add("\t\t\t" + element.strip());
                }
            }
            if (line.endsWith("}")) {
                elements.sort(String::compareTo);
                lines.addAll(elements);
                elements.clear();
                inside = false;
            }
        }
        return lines;
    }
}
