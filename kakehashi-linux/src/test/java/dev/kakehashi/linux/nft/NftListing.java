package dev.kakehashi.linux.nft;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.TestNamespaces;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What the nft program lists, in an order that does not depend on when objects were made. */
final class NftListing {
    private NftListing() {}

    /** A table without what its counters have counted. */
    static String of(Netns netns, TableId table) throws IOException {
        return sorted(
                TestNamespaces.run(
                        netns, "nft", "-s", "list", "table", table.family().text(), table.name()));
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
