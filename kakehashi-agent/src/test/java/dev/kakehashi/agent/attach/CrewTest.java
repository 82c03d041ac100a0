package dev.kakehashi.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** The crew of a server whose connections are tasks. */
@Timeout(60)
class CrewTest {
    private final LinkedBlockingQueue<Optional<Runnable>> tasks = new LinkedBlockingQueue<>();
    private final AtomicInteger threads = new AtomicInteger();

    @SuppressWarnings("NullAway.Init") // by start()
    private Crew crew;

    @BeforeEach
    void start() {
        crew =
                new Crew(
                        runnable -> {
                            threads.incrementAndGet();
                            return Thread.ofPlatform().daemon().unstarted(runnable);
                        },
                        this::work);
        crew.hire();
    }

    @AfterEach
    void stop() {
        tasks.add(Optional.empty());
    }

    private void work() {
        do {
            Optional<Runnable> task;
            try {
                task = tasks.take();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            if (task.isEmpty()) {
                boolean _ = crew.resigned();
                tasks.add(Optional.empty());
                return;
            }
            crew.took();
            task.get().run();
        } while (crew.served());
    }

    private void add(Runnable task) {
        tasks.add(Optional.of(task));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void manyThatDoNotWait_areServedByFew() {
        CountDownLatch served = new CountDownLatch(1000);
        for (int i = 0; i < 1000; i++) {
            add(served::countDown);
        }
        await(served);
        // The watch is one; on a machine that stands still for a moment it may add some.
        assertThat(threads.get()).isLessThan(50);
    }

    @Test
    void thoseThatSayThatTheyWait_areReplacedAtOnce() {
        CountDownLatch all = new CountDownLatch(100);
        for (int i = 0; i < 100; i++) {
            add(() -> {
                all.countDown();
                boolean _ =
                        crew.<Boolean, RuntimeException>during(() -> {
                            await(all);
                            return true;
                        });
            });
        }
        await(all);
        assertThat(threads.get()).isBetween(100, 110);
    }

    @Test
    void thoseThatWaitAndDoNotSaySo_areFoundOut() {
        CountDownLatch all = new CountDownLatch(40);
        for (int i = 0; i < 40; i++) {
            add(() -> {
                all.countDown();
                await(all);
            });
        }
        await(all);
        assertThat(threads.get()).isGreaterThanOrEqualTo(40);
    }
}
