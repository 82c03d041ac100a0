package dev.kakehashi.conformance.report;

import dev.kakehashi.conformance.Outcome;

import java.util.List;

/**
 * How many outcomes of each sort.
 *
 * @param passed the plugin does as required
 * @param failed it does not
 * @param skipped it could not be found out
 */
record Tally(long passed, long failed, long skipped) {
    static Tally of(List<Outcome> outcomes) {
        long failed = outcomes.stream().filter(Outcome::failed).count();
        long skipped =
                outcomes.stream().filter(o -> o.verdict() instanceof Outcome.Skipped).count();
        return new Tally(outcomes.size() - failed - skipped, failed, skipped);
    }

    @Override
    public String toString() {
        return passed + " passed, " + failed + " failed, " + skipped + " skipped";
    }
}
