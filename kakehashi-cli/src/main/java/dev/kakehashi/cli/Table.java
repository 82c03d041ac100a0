package dev.kakehashi.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** A plain table as {@code kubectl get} prints it: upper-case heads, columns three blanks apart. */
final class Table {
    private static final String GAP = "   ";

    /**
     * A cell that looks different.
     *
     * @param text what it says
     * @param style how it looks
     */
    record Cell(String text, Style style) {}

    private final List<List<Cell>> rows = new ArrayList<>();

    private Table(List<Cell> heads) {
        rows.add(heads);
    }

    static Table of(String... heads) {
        return of(List.of(heads));
    }

    static Table of(List<String> heads) {
        return new Table(heads.stream().map(head -> new Cell(head, Style.STRONG)).toList());
    }

    /** Adds a row; it must have as many cells as there are heads. */
    Table row(Object... cells) {
        if (cells.length != rows.getFirst().size()) {
            throw new IllegalArgumentException(
                    "a row of " + cells.length + " cells in a table of " + rows.getFirst().size());
        }
        List<Cell> row = new ArrayList<>();
        for (Object cell : cells) {
            row.add(cell instanceof Cell styled ? styled : plain(String.valueOf(cell)));
        }
        rows.add(row);
        return this;
    }

    private static Cell plain(String text) {
        return new Cell(text, Style.PLAIN);
    }

    void print(PrintStream out) {
        int[] widths = new int[rows.getFirst().size()];
        for (List<Cell> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).text().length());
            }
        }
        for (List<Cell> row : rows) {
            StringBuilder line = new StringBuilder();
            int pending = 0;
            for (int i = 0; i < widths.length; i++) {
                Cell cell = row.get(i);
                // Padding is written before the next text, so that no line ends in blanks.
                if (!cell.text().isEmpty()) {
                    line.repeat(' ', pending).append(cell.style().of(cell.text()));
                    pending = 0;
                }
                pending += widths[i] - cell.text().length() + GAP.length();
            }
            out.println(line);
        }
    }
}
