package dev.kakehashi.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** When attachments are looked at. */
class LookAgendaTest {
    private static final int POD = 7;
    private static final int END = 30;

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1_000_000); // it may overflow
    private final LookAgenda agenda = new LookAgenda(now::get);

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    private LookAgenda.Due due() {
        return agenda.take();
    }

    @Test
    void anAttachmentThatIsBeingMade_waitsUntilThatIsOver() {
        agenda.changed(END);
        agenda.happenedIn(POD);
        pass(Duration.ofMillis(400));
        assertThat(due().namespaces()).isEmpty();

        pass(Duration.ofMillis(101));

        LookAgenda.Due due = due();
        assertThat(due.namespaces()).containsExactly(POD);
        assertThat(due.ends()).containsExactly(END);
        assertThat(due().namespaces()).isEmpty();
    }

    @Test
    void whatHappensToAKnownOne_isLookedAtSoon() {
        agenda.looked(END, POD);
        pass(Duration.ofSeconds(1));
        agenda.happenedIn(POD);
        agenda.lostAt(END);
        pass(Duration.ofMillis(29));
        assertThat(due().namespaces()).isEmpty();

        pass(Duration.ofMillis(1));

        LookAgenda.Due due = due();
        assertThat(due.namespaces()).containsExactly(POD);
        assertThat(due.links()).containsExactly(END);
    }

    @Test
    void aStorm_isLookedAtFiveTimesASecond() {
        agenda.looked(END, POD);
        int looks = 0;
        for (int i = 0; i < 10_000; i++) {
            agenda.happenedIn(POD);
            pass(Duration.ofMillis(1));
            if (due().namespaces().contains(POD)) {
                looks++;
                agenda.looked(END, POD);
            }
        }
        assertThat(looks).isBetween(45, 50);
    }

    @Test
    void oneOfWhichNothingIsHeard_isLookedAtAgainSomeTime() {
        agenda.looked(END, POD);
        pass(Duration.ofMinutes(4));
        assertThat(due().links()).isEmpty();

        pass(Duration.ofMinutes(1));

        assertThat(due().links()).containsExactly(END);
    }

    @Test
    void oneThatCouldNotBeLookedAt_isSoonAgain() {
        agenda.looked(END, POD);
        agenda.again(END, Duration.ofMillis(400));
        pass(Duration.ofMillis(400));

        assertThat(due().links()).containsExactly(END);
    }

    @Test
    void oneThatIsGone_isForgotten() {
        agenda.looked(END, POD);
        agenda.happenedIn(POD);
        agenda.forgetLink(END);
        agenda.forgetNamespace(POD);
        pass(Duration.ofMinutes(6));

        LookAgenda.Due due = due();
        assertThat(due.links()).isEmpty();
        assertThat(due.namespaces()).isEmpty();
    }

    @Test
    void whenSomethingWasLost_allIsDueAtOnce() {
        agenda.happenedIn(POD);
        agenda.all();

        assertThat(due().all()).isTrue();

        pass(Duration.ofSeconds(1));
        assertThat(due().all()).isFalse();
        assertThat(due().namespaces()).isEmpty();
    }

    @Test
    void whoWaits_isWokenByAnEarlierDate_andByTheEnd() throws Exception {
        LookAgenda real = new LookAgenda(System::nanoTime);
        CompletableFuture<Optional<LookAgenda.Due>> first = waiting(real);
        real.looked(END, POD);
        real.happenedIn(POD);
        assertThat(first.get(10, TimeUnit.SECONDS).orElseThrow().namespaces()).containsExactly(POD);

        CompletableFuture<Optional<LookAgenda.Due>> last = waiting(real);
        real.close();
        assertThat(last.get(10, TimeUnit.SECONDS)).isEmpty();
    }

    private static CompletableFuture<Optional<LookAgenda.Due>> waiting(LookAgenda agenda) {
        CompletableFuture<Optional<LookAgenda.Due>> due = new CompletableFuture<>();
        Thread.ofPlatform()
                .daemon()
                .start(() -> {
                    try {
                        due.complete(agenda.await());
                    } catch (InterruptedException e) {
                        due.completeExceptionally(e);
                    }
                });
        return due;
    }
}
