package dev.kakehashi.lab;

import dev.kakehashi.linux.IpAddresses;

import java.util.List;

/**
 * A reachability matrix, in words.
 *
 * @param cells one for each pair that was tested
 */
public record ReachReport(List<Cell> cells) {

    /**
     * One way and what came of it.
     *
     * @param from who asked
     * @param to who was asked
     * @param result {@code ok}, {@code lost}, or {@code source} when the packet arrived under a
     *     wrong address
     * @param expectedSource the address it had to arrive under
     * @param seenSource the one it arrived under; empty if it was lost
     * @param microseconds round trip
     */
    public record Cell(
            String from,
            String to,
            String result,
            String expectedSource,
            String seenSource,
            long microseconds) {

        private static Cell of(Probe probe) {
            String expected = IpAddresses.format(probe.expectedSource());
            return probe.answer()
                    .map(a ->
                            new Cell(
                                    probe.from().name(),
                                    probe.to().name(),
                                    probe.ok() ? "ok" : "source",
                                    expected,
                                    IpAddresses.format(a.seenSource()),
                                    a.roundTrip().toNanos() / 1000))
                    .orElseGet(() ->
                            new Cell(
                                    probe.from().name(),
                                    probe.to().name(),
                                    "lost",
                                    expected,
                                    "",
                                    0));
        }

        private String failure() {
            return seenSource.isEmpty()
                    ? from + " does not reach " + to
                    : from + " reaches " + to + " as " + seenSource + ", must be " + expectedSource;
        }
    }

    static ReachReport of(List<Probe> probes) {
        return new ReachReport(probes.stream().map(Cell::of).toList());
    }

    /** Whether all was reached under the right addresses. */
    public boolean ok() {
        return cells.stream().allMatch(c -> c.result().equals("ok"));
    }

    /** All who asked, each once. */
    public List<String> sources() {
        return cells.stream().map(Cell::from).distinct().toList();
    }

    /** All who were asked, each once: pods, nodes, outside. */
    public List<String> targets() {
        List<String> asked = cells.stream().map(Cell::to).distinct().toList();
        // The first pod is asked last, by the second: put the pods in their own order.
        List<String> pods = sources();
        return java.util.stream.Stream.concat(
                        pods.stream().filter(asked::contains),
                        asked.stream().filter(t -> !pods.contains(t)))
                .toList();
    }

    /** The word for one pair; a dash if it was not tested. */
    public String cell(String from, String to) {
        return cells.stream()
                .filter(c -> c.from().equals(from) && c.to().equals(to))
                .map(Cell::result)
                .findFirst()
                .orElse("-");
    }

    /** A sentence for each pair that failed. */
    public List<String> failures() {
        return cells.stream().filter(c -> !c.result().equals("ok")).map(Cell::failure).toList();
    }

    /** The sum in one line. */
    public String summary() {
        long good = cells.stream().filter(c -> c.result().equals("ok")).count();
        return good + " of " + cells.size() + " reached under the right source address";
    }
}
