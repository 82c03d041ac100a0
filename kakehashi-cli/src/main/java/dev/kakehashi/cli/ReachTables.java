package dev.kakehashi.cli;

import dev.kakehashi.lab.ReachReport;
import dev.kakehashi.lab.ReachReport.Cell;
import dev.kakehashi.lab.ReachReport.Result;
import dev.kakehashi.lab.Way;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A reachability report for people: the matrix, who was seen as what, the sum. */
record ReachTables(ReachReport reach, PrintStream out) {
    /** Pods of which a matrix fits on a screen. */
    private static final int LARGEST_MATRIX = 16;

    private static final Table.Cell NOTHING = new Table.Cell("-", Style.FAINT);

    void print() {
        List<String> pods = reach.pods();
        if (!pods.isEmpty() && pods.size() <= LARGEST_MATRIX) {
            matrix(pods);
            out.println();
            sources(pods);
            out.println();
        }
        ways();
        out.println();
        reach.failures().forEach(failure -> out.println(Style.BAD.of(failure)));
        out.println((reach.ok() ? Style.GOOD : Style.BAD).of(reach.summary()));
    }

    private void matrix(List<String> pods) {
        List<String> heads = new ArrayList<>(pods);
        heads.addFirst("FROM \\ TO");
        heads.add("own node");
        heads.add("outside");
        Table matrix = Table.of(heads);
        for (String from : pods) {
            List<Object> row = new ArrayList<>();
            row.add(from);
            pods.forEach(
                    to -> row.add(reach.cell(from, to).map(ReachTables::word).orElse(NOTHING)));
            row.add(word(reach.cells(from, Way.OWN_NODE)));
            row.add(word(reach.cells(from, Way.OUTSIDE)));
            matrix.row(row.toArray());
        }
        matrix.print(out);
    }

    private static Object word(List<Cell> cells) {
        return cells.isEmpty() ? NOTHING : word(cells.getFirst());
    }

    private static Table.Cell word(Cell cell) {
        return new Table.Cell(
                cell.result().toString(), cell.result() == Result.OK ? Style.GOOD : Style.BAD);
    }

    /** Under which address each pod was seen: its own by pods, its node's from outside. */
    private void sources(List<String> pods) {
        Table table = Table.of("FROM", "SEEN BY PODS AS", "SEEN BY ITS NODE AS", "SEEN OUTSIDE AS");
        for (String pod : pods) {
            List<Cell> toPods = new ArrayList<>(reach.cells(pod, Way.SAME_NODE));
            toPods.addAll(reach.cells(pod, Way.OTHER_NODE));
            table.row(
                    pod,
                    seen(toPods),
                    seen(reach.cells(pod, Way.OWN_NODE)),
                    seen(reach.cells(pod, Way.OUTSIDE)));
        }
        table.print(out);
    }

    private static Table.Cell seen(List<Cell> cells) {
        String addresses =
                cells.stream()
                        .map(Cell::seenSource)
                        .filter(address -> !address.isEmpty())
                        .distinct()
                        .collect(Collectors.joining(", "));
        boolean wrong = cells.stream().anyMatch(c -> c.result() == Result.SOURCE);
        Style style =
                wrong
                        ? Style.BAD
                        : cells.stream().anyMatch(c -> c.way() == Way.OUTSIDE)
                                ? Style.NOTABLE
                                : Style.PLAIN;
        return addresses.isEmpty() ? NOTHING : new Table.Cell(addresses, style);
    }

    private void ways() {
        Table table = Table.of("WAY", "REACHED", "ROUND TRIP", "SOURCE ADDRESS SEEN");
        for (Way way : Way.values()) {
            List<Cell> cells = reach.cells(way);
            if (!cells.isEmpty()) {
                table.row(way.description(), reached(cells), median(cells), source(way, cells));
            }
        }
        table.print(out);
    }

    private static Table.Cell reached(List<Cell> cells) {
        long reached = cells.stream().filter(c -> c.result() != Result.LOST).count();
        return new Table.Cell(
                reached + " of " + cells.size(), reached == cells.size() ? Style.GOOD : Style.BAD);
    }

    private static String median(List<Cell> cells) {
        long[] times =
                cells.stream()
                        .mapToLong(Cell::microseconds)
                        .filter(time -> time > 0)
                        .sorted()
                        .toArray();
        if (times.length == 0) {
            return "-";
        }
        long hundredths = (times[times.length / 2] + 5) / 10;
        long fraction = hundredths % 100;
        return hundredths / 100 + "." + (fraction < 10 ? "0" : "") + fraction + " ms";
    }

    private static Table.Cell source(Way way, List<Cell> cells) {
        long wrong = cells.stream().filter(c -> c.result() == Result.SOURCE).count();
        if (wrong > 0) {
            return new Table.Cell("wrong in " + wrong, Style.BAD);
        }
        return way == Way.OUTSIDE
                ? new Table.Cell("its node's: masqueraded", Style.NOTABLE)
                : new Table.Cell("the pod's own: unchanged", Style.PLAIN);
    }
}
