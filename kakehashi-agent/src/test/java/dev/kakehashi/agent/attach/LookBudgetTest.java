package dev.kakehashi.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What part of the time looks take when there is always something to look at. */
class LookBudgetTest {
    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000 * MILLI;

    private long now = Long.MAX_VALUE - 7 * SECOND; // it may overflow

    private final LookBudget budget = new LookBudget(now);

    /** How many looks there are in a time if each takes so long. */
    private int looks(long time, long each) {
        long end = now + time;
        int looks = 0;
        while (now - end < 0) {
            now += budget.pause(now);
            budget.spend(now, now + each);
            now += each;
            looks++;
        }
        return looks;
    }

    @Test
    void endlessLooks_takeATenthOfTheTime_afterASecondsWorth() {
        looks(2 * SECOND, 3 * MILLI);

        assertThat(looks(30 * SECOND, 3 * MILLI)).isBetween(990, 1010);
    }

    @Test
    void threeHundredLooksAtOnce_waitForNothing() {
        assertThat(looks(SECOND, 3 * MILLI)).isEqualTo(334);
    }

    @Test
    void looksThatTakeSeconds_keepNobodyFromTheNext() {
        looks(100 * SECOND, 2 * SECOND);

        assertThat(budget.pause(now)).isLessThan(SECOND / 4);
    }

    @Test
    void afterAWhileWithoutLooks_manyAreFreeAgain() {
        looks(30 * SECOND, 3 * MILLI);
        now += 20 * SECOND;

        assertThat(looks(SECOND, 3 * MILLI)).isEqualTo(334);
    }
}
