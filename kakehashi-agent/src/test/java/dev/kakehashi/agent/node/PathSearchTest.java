package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/** What is found of ways that are narrow, slow or lose packets. */
class PathSearchTest {
    private static final long MILLI = 1_000_000;
    private static final int FLOOR = 576;
    private static final int FULL = 1500;
    private static final int SEEDS = 500;

    /**
     * A way.
     *
     * @param octets what it carries
     * @param delay until an answer comes, in milliseconds
     * @param loss of packets and their answers together
     */
    private record Way(int octets, long delay, double loss) {}

    private record Arrival(long at, int size) {}

    private record Outcome(OptionalInt found, long millis, int asked) {}

    private static Outcome search(Way way, int full, OptionalInt before, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        PriorityQueue<Arrival> arrivals =
                new PriorityQueue<>(Comparator.comparingLong(Arrival::at));
        long now = 0;
        int asked = 0;
        PathSearch search = new PathSearch(FLOOR, full, before, now);
        while (!search.isOver()) {
            if (search.due() <= now) {
                List<Integer> sizes = search.ask(now);
                asked += sizes.size();
                for (int size : sizes) {
                    if (size <= way.octets() && random.nextDouble() >= way.loss()) {
                        long jitter = random.nextLong(1 + way.delay() * MILLI / 10);
                        arrivals.add(new Arrival(now + way.delay() * MILLI + jitter, size));
                    }
                }
            } else if (!arrivals.isEmpty() && arrivals.peek().at() <= search.due()) {
                Arrival next = arrivals.remove();
                now = Math.max(now, next.at());
                search.answered(next.size(), now);
            } else {
                now = search.due();
            }
        }
        return new Outcome(search.found(), now / MILLI, asked);
    }

    private static Outcome search(Way way) {
        return search(way, FULL, OptionalInt.empty(), 1);
    }

    @Test
    void wideWay_isOneQuestion() {
        Outcome outcome = search(new Way(FULL, 1, 0));

        assertThat(outcome.found()).hasValue(FULL);
        assertThat(outcome.asked()).isEqualTo(1);
        assertThat(outcome.millis()).isLessThan(3);
    }

    @Test
    void whoNeverAnswers_saysNothing() {
        Outcome outcome = search(new Way(0, 1, 0));

        assertThat(outcome.found()).isEmpty();
        assertThat(outcome.millis()).isLessThan(2000);
    }

    @Test
    void everyWidth_isFoundToTheOctet_withinTwoSeconds() {
        for (int octets = FLOOR; octets < FULL; octets++) {
            Outcome outcome = search(new Way(octets, 1, 0));
            assertThat(outcome.found()).hasValue(octets);
            assertThat(outcome.millis()).as("%s", octets).isLessThanOrEqualTo(2100);
        }
        assertThat(search(new Way(8192, 1, 0), 65_536, OptionalInt.empty(), 1).found())
                .hasValue(8192);
    }

    @ParameterizedTest
    @CsvSource({"1400", "1499", "576", "900"})
    void whatWasFoundLast_isTakenAsAHint_notAsTheTruth(int before) {
        for (int octets : List.of(600, 1399, 1400, 1401, 1499, 1500)) {
            assertThat(search(new Way(octets, 1, 0), FULL, OptionalInt.of(before), 1).found())
                    .hasValue(octets);
        }
    }

    /** Answers that come when the questions are over already for who waits 200 ms. */
    @ParameterizedTest
    @CsvSource({"150", "250", "450", "1000"})
    void slowWay_isMeasuredToTheOctet(long delay) {
        for (long seed = 0; seed < 50; seed++) {
            assertThat(search(new Way(FULL, delay, 0), FULL, OptionalInt.empty(), seed).found())
                    .hasValue(FULL);
            assertThat(search(new Way(1400, delay, 0), FULL, OptionalInt.empty(), seed).found())
                    .as("seed %s", seed)
                    .hasValue(1400);
        }
    }

    /** Of so many, at most so many are too small, and none is too large. */
    @ParameterizedTest
    @CsvSource({"0.05,0", "0.1,0", "0.2,2", "0.36,25"})
    void lossyWay_isSeldomMeasuredTooSmall(double loss, int mistakes) {
        List<Integer> wide = new ArrayList<>();
        List<Integer> narrow = new ArrayList<>();
        for (long seed = 0; seed < SEEDS; seed++) {
            wide.add(found(new Way(FULL, 20, loss), seed));
            narrow.add(found(new Way(1400, 20, loss), seed));
        }

        assertThat(wide).allMatch(octets -> octets <= FULL);
        assertThat(narrow).allMatch(octets -> octets <= 1400);
        assertThat(wide).filteredOn(octets -> octets < FULL).hasSizeLessThanOrEqualTo(mistakes);
        assertThat(narrow).filteredOn(octets -> octets < 1400).hasSizeLessThanOrEqualTo(mistakes);
    }

    /** Nothing at all is no mistake: it changes nothing of what is known. */
    private static int found(Way way, long seed) {
        return search(way, FULL, OptionalInt.empty(), seed).found().orElse(way.octets());
    }

    @Test
    void answersOfOthers_areNotCounted() {
        PathSearch search = new PathSearch(FLOOR, FULL, OptionalInt.empty(), 0);
        search.ask(0);
        search.answered(1234, MILLI);
        assertThat(search.found()).isEmpty();

        search.answered(FULL, 5000 * MILLI);
        assertThat(search.isOver()).isTrue();
        assertThat(search.found()).hasValue(FULL);
    }
}
