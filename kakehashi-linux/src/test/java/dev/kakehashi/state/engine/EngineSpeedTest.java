package dev.kakehashi.state.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.Arrays;

/**
 * How long the engine takes for a pod on a bridge. The bound is far above what a quiet machine
 * needs; the figures are printed.
 */
@KernelTest
class EngineSpeedTest {
    private static final int PODS = 120;
    private static final int WARM_UP = 40;

    @Test
    void podOnABridge_isAppliedAndRemovedInMilliseconds(TestNamespaces namespaces)
            throws Exception {
        long[] applied = new long[PODS - WARM_UP];
        long[] plain = new long[PODS - WARM_UP];
        long[] removed = new long[PODS - WARM_UP];
        try (Engine home = Engine.open(namespaces.create())) {
            for (int i = 0; i < PODS; i++) {
                DesiredState bridged = Pods.bridged(1);
                DesiredState masqueraded = Pods.masqueraded(1);
                long one = apply(home, bridged);
                long other = apply(home, masqueraded);
                long began = System.nanoTime();
                var _ = home.remove(masqueraded);
                long ended = System.nanoTime();
                if (i >= WARM_UP) {
                    plain[i - WARM_UP] = one;
                    applied[i - WARM_UP] = other;
                    removed[i - WARM_UP] = ended - began;
                }
            }
            assertThat(home.awaitRemoval(Duration.ofSeconds(10))).isTrue();
        }
        System.out.printf(
                "apply %d us, with masquerade %d us, remove %d us (medians of %d)%n",
                median(plain), median(applied), median(removed), applied.length);
        assertThat(median(applied)).isLessThan(20_000);
    }

    private static long apply(Engine home, DesiredState desired) throws Exception {
        try (Netns pod = Netns.create()) {
            Engine engine = home.with(NamespaceId.CONTAINER, pod);
            long began = System.nanoTime();
            Applied applied = engine.apply(desired);
            long ended = System.nanoTime();
            assertThat(applied.steps()).isNotEmpty();
            if (!desired.equals(Pods.masqueraded(1))) {
                var _ = home.remove(desired);
            }
            return ended - began;
        }
    }

    private static long median(long[] times) {
        Arrays.sort(times);
        return times[times.length / 2] / 1000;
    }
}
