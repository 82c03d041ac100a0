package dev.kakehashi.testing;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Expected bytes as people read messages: four to a line, each line with its meaning behind {@code
 * #}. A difference is shown side by side.
 *
 * <p>The text is in little-endian host order, as on all supported processors.
 */
public final class GoldenBytes {
    private GoldenBytes() {}

    /**
     * Compares.
     *
     * @throws AssertionError with both side by side when they differ
     */
    public static void assertBytes(byte[] actual, String expected) {
        List<String> wanted = new ArrayList<>();
        List<String> meanings = new ArrayList<>();
        for (String line : expected.lines().toList()) {
            int hash = line.indexOf('#');
            String hex = (hash < 0 ? line : line.substring(0, hash)).replace(" ", "");
            if (!hex.isEmpty()) {
                wanted.add(hex);
                meanings.add(hash < 0 ? "" : line.substring(hash + 1).strip());
            }
        }
        List<String> got = lines(actual);
        if (wanted.equals(got)) {
            return;
        }
        StringBuilder diff = new StringBuilder("the bytes differ:\n  offset  expected  actual\n");
        for (int i = 0; i < Math.max(wanted.size(), got.size()); i++) {
            String left = i < wanted.size() ? wanted.get(i) : "";
            String right = i < got.size() ? got.get(i) : "";
            String meaning = i < meanings.size() ? meanings.get(i) : "";
            String mark = left.equals(right) ? " " : "!";
            diff.append(
                    String.format("%s %6d  %-8s  %-8s  %s%n", mark, i * 4, left, right, meaning));
        }
        throw new AssertionError(diff);
    }

    /** The bytes that such a text stands for. */
    public static byte[] parse(String text) {
        StringBuilder hex = new StringBuilder();
        text.lines().forEach(line -> hex.append(line.replaceAll("#.*|\\s", "")));
        return HexFormat.of().parseHex(hex);
    }

    /** The bytes as text for a new expectation. */
    public static List<String> lines(byte[] bytes) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < bytes.length; i += 4) {
            lines.add(HexFormat.of().formatHex(bytes, i, Math.min(bytes.length, i + 4)));
        }
        return lines;
    }
}
