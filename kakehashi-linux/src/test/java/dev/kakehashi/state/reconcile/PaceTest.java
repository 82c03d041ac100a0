package dev.kakehashi.state.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.time.Duration;

class PaceTest {
    private static final long MILLI = 1_000_000;

    private final Pace pace = new Pace(Duration.ofMillis(400), 0);
    private long now;

    /** A look that begins when it is due and takes {@code millis}. */
    private long look(long due, long millis, boolean healed, boolean complete) {
        long waited = due - now;
        long began = due;
        now = due + millis * MILLI;
        pace.looked(began, now, healed, complete);
        return waited / MILLI;
    }

    private long looked(boolean healed, boolean complete) {
        return look(pace.notified(now), 0, healed, complete);
    }

    @Test
    void noNotification_looksRegularly() {
        assertThat(look(pace.regular(), 1, false, true)).isEqualTo(400);
        assertThat(look(pace.regular(), 1, false, true)).isEqualTo(400);
    }

    @Test
    void notification_isFollowedWithinMilliseconds() {
        now = 200 * MILLI;
        assertThat(looked(true, true)).isLessThanOrEqualTo(10);
    }

    @Test
    void notificationAfterNotification_looksTakeATenthOfTheTime() {
        var _ = look(pace.notified(now), 5, false, true);
        assertThat(look(pace.notified(now), 5, false, true)).isEqualTo(50);
    }

    @Test
    void slowLook_delaysTheNextForATenthOfASecondAtMost() {
        var _ = look(pace.notified(now), 2000, true, true);
        assertThat(look(pace.notified(now), 5, false, true)).isEqualTo(100);
    }

    @Test
    void failure_waitsLongerEachTime_untilItSucceeds() {
        var _ = looked(false, false);
        long last = 0;
        for (int i = 0; i < 4; i++) {
            long waited = looked(false, false);
            assertThat(waited).isGreaterThan(last);
            last = waited;
        }
        for (int i = 0; i < 20; i++) {
            var _ = looked(false, false);
        }
        assertThat(looked(false, true)).as("bounded").isEqualTo(5000);
        assertThat(looked(false, true)).isEqualTo(10);
    }

    @Test
    void healingAgainAndAgain_isAContest_toldOnce_andSlowsDown() {
        int told = 0;
        long last = 0;
        for (int i = 0; i < 30; i++) {
            last = looked(true, true);
            told += pace.isNewlyContested() ? 1 : 0;
        }
        assertThat(told).isEqualTo(1);
        assertThat(pace.isContested()).isTrue();
        assertThat(last).isEqualTo(1000);
        var _ = looked(false, true);
        assertThat(pace.isContested()).isFalse();
    }

    @Test
    void looksAtTheWholeForCaution_takeAHundredthOfTheTime() {
        var _ = look(pace.regular(), 60, false, true);
        assertThat(pace.isWholeLookDue(now + 5_990 * MILLI)).isFalse();
        assertThat(pace.isWholeLookDue(now + 6_000 * MILLI)).isTrue();
    }

    @Test
    void afterFailureOrHealing_everyLookIsAtTheWhole() {
        var _ = look(pace.regular(), 60, false, false);
        assertThat(pace.isWholeLookDue(now)).isTrue();
        var _ = look(pace.regular(), 60, true, true);
        assertThat(pace.isWholeLookDue(now)).isTrue();
        var _ = look(pace.regular(), 60, false, true);
        assertThat(pace.isWholeLookDue(now)).isFalse();
    }

    @Test
    void afterHealing_looksSoonWhetherItStays_soThatManyDisturbancesAreNoContest() {
        for (int i = 0; i < 30; i++) {
            assertThat(look(pace.notified(now), 1, true, true)).isLessThanOrEqualTo(10);
            assertThat(look(pace.regular(), 1, false, true)).isEqualTo(10);
            assertThat(pace.isContested()).isFalse();
        }
        assertThat(look(pace.regular(), 1, false, true)).isEqualTo(400);
    }
}
