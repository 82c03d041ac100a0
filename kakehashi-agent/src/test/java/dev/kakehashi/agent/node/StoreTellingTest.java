package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.concurrent.TimeUnit;

class StoreTellingTest {
    private long now;
    private int attempts;
    private String failure = ConvergenceException.STORE_FAILED;
    private boolean reachable;
    private final StoreTelling telling = new StoreTelling(() -> now, () -> reachable);

    private boolean say() throws Exception {
        return telling.say(
                        () -> {
                            attempts++;
                            if (!failure.isEmpty()) {
                                throw new ConvergenceException(failure, "no answer");
                            }
                        })
                .isEmpty();
    }

    @Test
    void whatTheStoreDidNotTake_isTriedAgainWithGrowingPauses() throws Exception {
        for (int tenths = 0; tenths < 600; tenths++) {
            assertThat(say()).isFalse();
            now += TimeUnit.MILLISECONDS.toNanos(100);
        }

        // 0.1, 0.2, 0.4 … 6.4 s, then each 10 s.
        assertThat(attempts).isBetween(10, 13);
        failure = "";
        now += TimeUnit.SECONDS.toNanos(10);
        assertThat(say()).isTrue();
        assertThat(say()).isTrue();
    }

    @Test
    void onceTold_theNextFailureIsTriedAgainSoon() throws Exception {
        for (int i = 0; i < 10; i++) {
            say();
            now += TimeUnit.SECONDS.toNanos(10);
        }
        failure = "";
        assertThat(say()).isTrue();

        failure = ConvergenceException.STORE_FAILED;
        attempts = 0;
        say();
        now += TimeUnit.MILLISECONDS.toNanos(100);
        say();

        assertThat(attempts).isEqualTo(2);
    }

    @Test
    void whatIsNotTheStoresFault_isNoneOfItsConcern() {
        failure = "UnusableSubnet";

        assertThatThrownBy(this::say).isInstanceOf(ConvergenceException.class);
        assertThatThrownBy(this::say).isInstanceOf(ConvergenceException.class);
        assertThat(attempts).isEqualTo(2);
    }

    @Test
    void storeThatIsBack_isToldAtOnce_andOneThatRefusesIsNot() throws Exception {
        for (int i = 0; i < 10; i++) {
            say();
            now += TimeUnit.SECONDS.toNanos(10);
        }
        say();
        reachable = true; // the watch is back
        attempts = 0;

        say(); // refused
        say();
        say();
        assertThat(attempts).isEqualTo(1);
    }
}
