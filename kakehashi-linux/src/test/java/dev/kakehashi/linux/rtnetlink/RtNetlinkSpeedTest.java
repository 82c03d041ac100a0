package dev.kakehashi.linux.rtnetlink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Guards against a slow path by mistake. The bounds are medians of a warm JVM with room for a busy
 * machine.
 */
@KernelTest
class RtNetlinkSpeedTest {
    private static final int WARM = 20_000;
    private static final int ROUNDS = 2_000;

    private interface Work {
        void run() throws Exception;
    }

    @Test
    void getLinkByName_warm_isAFewMicroseconds(TestNamespaces namespaces) throws Exception {
        try (RtNetlink rt = RtNetlink.open(namespaces.create())) {
            long nanos = median(() -> assertThat(rt.link("lo")).isPresent());
            System.out.println("GETLINK by name: " + nanos / 1000.0 + " us");
            assertThat(nanos).isLessThan(30_000);
        }
    }

    @Test
    void openInAnotherNamespace_onAThreadOfOurs_isAFewMicroseconds(TestNamespaces namespaces)
            throws Exception {
        Netns netns = namespaces.create();
        try (ExecutorService ours =
                Executors.newSingleThreadExecutor(Netns.threadFactory("speed-"))) {
            long nanos = ours.submit(() -> median(() -> RtNetlink.open(netns).close())).get();
            System.out.println("open and close in a namespace: " + nanos / 1000.0 + " us");
            assertThat(nanos).isLessThan(60_000);
        }
    }

    private static long median(Work work) throws Exception {
        for (int i = 0; i < WARM; i++) {
            work.run();
        }
        long[] times = new long[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            long start = System.nanoTime();
            work.run();
            times[i] = System.nanoTime() - start;
        }
        Arrays.sort(times);
        return times[ROUNDS / 2];
    }
}
