package dev.kakehashi.lab;

import dev.kakehashi.linux.IpAddresses;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A reachability matrix, in words.
 *
 * @param cells one for each pair that was tested
 */
public record ReachReport(List<Cell> cells) {

    /** What came of one way. */
    public enum Result {
        /** Reached, under the right address. */
        OK,
        /** Not reached. */
        LOST,
        /** Reached under a wrong address. */
        SOURCE;

        @Override
        public String toString() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /**
     * One way and what came of it.
     *
     * @param from who asked
     * @param to who was asked
     * @param way what kind of way that is
     * @param result what came of it
     * @param expectedSource the address it had to arrive under
     * @param seenSource the one it arrived under; empty if it was lost
     * @param microseconds round trip; 0 if it was not measured
     */
    public record Cell(
            String from,
            String to,
            Way way,
            Result result,
            String expectedSource,
            String seenSource,
            long microseconds) {

        private static Cell of(Probe probe) {
            Result result = probe.ok() ? Result.OK : probe.reached() ? Result.SOURCE : Result.LOST;
            return new Cell(
                    probe.from().name(),
                    probe.to().name(),
                    probe.way(),
                    result,
                    IpAddresses.format(probe.expectedSource()),
                    probe.answer().map(a -> IpAddresses.format(a.seenSource())).orElse(""),
                    probe.answer()
                            .flatMap(Probe.Answer::roundTrip)
                            .map(time -> time.toNanos() / 1000)
                            .orElse(0L));
        }

        private String failure() {
            return result == Result.LOST
                    ? from + " does not reach " + to
                    : from + " reaches " + to + " as " + seenSource + ", must be " + expectedSource;
        }
    }

    static ReachReport of(List<Probe> probes) {
        return new ReachReport(probes.stream().map(Cell::of).toList());
    }

    /** Whether all was reached under the right addresses. */
    public boolean ok() {
        return cells.stream().allMatch(c -> c.result() == Result.OK);
    }

    /** All who asked, each once: the pods in their order. */
    public List<String> pods() {
        return cells.stream().map(Cell::from).distinct().toList();
    }

    /** What came of the way from one to another, if it was tested. */
    public Optional<Cell> cell(String from, String to) {
        return from(from).filter(c -> c.to().equals(to)).findFirst();
    }

    /** What came of a pod's ways of one kind. */
    public List<Cell> cells(String from, Way way) {
        return from(from).filter(c -> c.way() == way).toList();
    }

    /** What came of all ways of one kind. */
    public List<Cell> cells(Way way) {
        return cells.stream().filter(c -> c.way() == way).toList();
    }

    private Stream<Cell> from(String pod) {
        return cells.stream().filter(c -> c.from().equals(pod));
    }

    /** A sentence for each pair that failed. */
    public List<String> failures() {
        return cells.stream().filter(c -> c.result() != Result.OK).map(Cell::failure).toList();
    }

    /** The sum in one line. */
    public String summary() {
        long good = cells.stream().filter(c -> c.result() == Result.OK).count();
        return good + " of " + cells.size() + " reached, each under the right source address";
    }
}
