package dev.kakehashi.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.CniAttachment;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

class AttachmentLocksTest {
    private static final Deadline NOW = new Deadline(System.nanoTime());

    @TempDir Path directory;

    @SuppressWarnings("NullAway.Init") // by open()
    private AttachmentLocks locks;

    private final ExecutorService others = Executors.newCachedThreadPool();

    @BeforeEach
    void open() throws Exception {
        locks = AttachmentLocks.open(directory.resolve("lock"));
    }

    @AfterEach
    void close() throws Exception {
        others.shutdownNow();
        locks.close();
    }

    private static Deadline soon() {
        return Deadline.in(Duration.ofSeconds(10));
    }

    /** Elsewhere, because a thread may take its own lock again. */
    private boolean isBusy(String container) throws Exception {
        return others.submit(
                        () -> {
                            try {
                                locks.container(container, NOW).close();
                                return false;
                            } catch (BusyException e) {
                                return true;
                            }
                        })
                .get(10, TimeUnit.SECONDS);
    }

    @Test
    void turn_isTakenOnce() throws Exception {
        AttachmentLocks.Held held = locks.container("c1", soon());
        assertThat(isBusy("c1")).isTrue();
        assertThat(isBusy("c2")).isFalse();
        held.close();
        assertThat(isBusy("c1")).isFalse();
    }

    @Test
    void turnThatDoesNotCome_saysWhatIsInTheWay() throws Exception {
        try (AttachmentLocks.Held _ = locks.container("c1", soon())) {
            Future<?> other = others.submit(() -> locks.container("c1", Deadline.inMillis(20)));
            assertThatThrownBy(() -> other.get(10, TimeUnit.SECONDS))
                    .rootCause()
                    .isInstanceOf(BusyException.class)
                    .hasMessage("another call for container \"c1\" is still running");
        }
    }

    @Test
    void quiet_waitsForCallsThatHaveNotBegun_andKeepsOthersOut() throws Exception {
        AttachmentLocks.Turn one = locks.container("c1", soon());
        Future<?> other = others.submit(() -> locks.quiet(Deadline.inMillis(20)));
        assertThatThrownBy(() -> other.get(10, TimeUnit.SECONDS))
                .rootCause()
                .isInstanceOf(BusyException.class);
        one.close();
        AttachmentLocks.Held quiet = locks.quiet(soon());
        assertThat(isBusy("c2")).isTrue();
        quiet.close();
        assertThat(isBusy("c2")).isFalse();
    }

    @Test
    void quiet_comesBesideCallsThatHaveBegun_andTheyEndAfterIt() throws Exception {
        CniAttachment attachment = new CniAttachment("c1", "eth0");
        CountDownLatch mayEnd = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        Future<?> call =
                others.submit(() -> {
                    try (AttachmentLocks.Turn turn = locks.container("c1", soon())) {
                        turn.begun(attachment);
                        begun.countDown();
                        mayEnd.await();
                    }
                    return null;
                });
        begun.await();
        Future<Boolean> queued = others.submit(() -> isBusy("c1"));
        assertThat(queued.get(10, TimeUnit.SECONDS)).isTrue();

        AttachmentLocks.Held quiet = locks.quiet(soon());
        assertThat(locks.begun()).containsExactly(attachment);
        mayEnd.countDown();
        assertThatThrownBy(() -> call.get(20, TimeUnit.MILLISECONDS))
                .isInstanceOf(TimeoutException.class);
        quiet.close();
        call.get(10, TimeUnit.SECONDS);
        assertThat(locks.begun()).isEmpty();
        assertThat(isBusy("c1")).isFalse();
    }

    @Test
    void turnThatEnds_isSparedNoLonger_butWaitedFor() throws Exception {
        AttachmentLocks.Turn turn = locks.container("c1", soon());
        turn.begun(new CniAttachment("c1", "eth0"));
        turn.ending();
        assertThat(locks.begun()).isEmpty();
        Future<?> other = others.submit(() -> locks.quiet(Deadline.inMillis(20)));
        assertThatThrownBy(() -> other.get(10, TimeUnit.SECONDS))
                .rootCause()
                .isInstanceOf(BusyException.class);
        turn.close();
        locks.quiet(soon()).close();
    }

    /** The gaps between the records of this process are locked, and only they. */
    @Test
    void quiet_besideManyCallsThatHaveBegun_comesAndGoes() throws Exception {
        CountDownLatch mayEnd = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(20);
        List<Future<?>> calls = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            String container = "c" + i;
            calls.add(
                    others.submit(() -> {
                        try (AttachmentLocks.Turn turn = locks.container(container, soon())) {
                            turn.begun(new CniAttachment(container, "eth0"));
                            begun.countDown();
                            mayEnd.await();
                        }
                        return null;
                    }));
        }
        begun.await();
        for (int i = 0; i < 3; i++) {
            try (AttachmentLocks.Held _ = locks.quiet(soon())) {
                assertThat(locks.begun()).hasSize(20);
                assertThat(isBusy("another")).isTrue();
            }
            assertThat(isBusy("another")).isFalse();
        }
        mayEnd.countDown();
        for (Future<?> call : calls) {
            call.get(10, TimeUnit.SECONDS);
        }
        locks.quiet(soon()).close();
    }

    @Test
    void manyThreads_areNeverTwoInOneTurn() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<Future<?>> all = new ArrayList<>();
        for (int t = 0; t < 8; t++) {
            all.add(
                    others.submit(() -> {
                        for (int i = 0; i < 50; i++) {
                            try (AttachmentLocks.Held _ = locks.container("c1", soon())) {
                                most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                                inside.decrementAndGet();
                            }
                        }
                        return null;
                    }));
        }
        for (Future<?> one : all) {
            one.get(30, TimeUnit.SECONDS);
        }
        assertThat(most).hasValue(1);
    }

    @Test
    void strangeIds_areContainersToo() throws Exception {
        for (String id : new String[] {"", "../../etc", "\u0000", "x".repeat(10_000)}) {
            locks.container(id, soon()).close();
        }
    }
}
