package dev.kakehashi.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** A plain table as {@code kubectl get} prints it: upper-case heads, columns three blanks apart. */
final class Table {
    private static final String GAP = "   ";

    private final List<List<String>> rows = new ArrayList<>();

    private Table(List<String> heads) {
        rows.add(heads);
    }

    static Table of(String... heads) {
        return new Table(List.of(heads));
    }

    /** Adds a row; it must have as many cells as there are heads. */
    Table row(Object... cells) {
        if (cells.length != rows.getFirst().size()) {
            throw new IllegalArgumentException(
                    "a row of " + cells.length + " cells in a table of " + rows.getFirst().size());
        }
        List<String> row = new ArrayList<>();
        for (Object cell : cells) {
            row.add(String.valueOf(cell));
        }
        rows.add(row);
        return this;
    }

    void print(PrintStream out) {
        int[] widths = new int[rows.getFirst().size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                String cell = row.get(i);
                line.append(cell);
                // The last column is not padded, so that no line ends in blanks.
                if (i < widths.length - 1) {
                    line.repeat(' ', widths[i] - cell.length()).append(GAP);
                }
            }
            out.println(line);
        }
    }
}
