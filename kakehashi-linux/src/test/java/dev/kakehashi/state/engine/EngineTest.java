package dev.kakehashi.state.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Test;

import java.time.Duration;

@KernelTest
class EngineTest {
    @Test
    void apply_podOnABridge_isThereAsWanted_andGoesAgain(TestNamespaces namespaces)
            throws Exception {
        Netns host = namespaces.create();
        Netns pod = namespaces.create();
        DesiredState desired = Pods.masqueraded(1);
        try (Engine home = Engine.open(host)) {
            Engine engine = home.with(NamespaceId.CONTAINER, pod);
            Applied applied = engine.apply(desired);
            assertThat(applied.steps()).isNotEmpty();
            assertThat(engine.plan(desired)).hasToString("");
            assertThat(engine.apply(desired).steps()).isEmpty();
            assertThat(engine.reconcile(desired).steps()).isEmpty();
            String shown = Snapshot.run(host, "ip -d link show");
            assertThat(shown)
                    .contains("alias kakehashi:net/pod1/eth0")
                    .contains("hairpin on")
                    .contains("isolated on");
            assertThat(Snapshot.run(pod, "ping -c1 -W2 10.1.0.1")).contains(" 0% packet loss");
            String before = Snapshot.of(host);
            Applied second = home.remove(desired);
            assertThat(second.steps()).isNotEmpty();
            assertThat(home.awaitRemoval(Duration.ofSeconds(5))).isTrue();
            String after = Snapshot.of(host);
            assertThat(before).contains("veth1");
            assertThat(after)
                    .doesNotContain("veth1")
                    .doesNotContain("kkx")
                    .doesNotContain("pod1")
                    .contains("cni0");
        }
    }

    @Test
    void removed_andAppliedAtOnceForAnother_inTheSamePod(TestNamespaces namespaces)
            throws Exception {
        Netns host = namespaces.create();
        Netns pod = namespaces.create();
        try (Engine home = Engine.open(host)) {
            Engine engine = home.with(NamespaceId.CONTAINER, pod);
            for (int i = 1; i <= 6; i++) {
                DesiredState desired = Pods.bridged(i);
                var _ = engine.apply(desired);
                assertThat(engine.plan(desired)).hasToString("");
                // The pod's end has its name until the pair is gone for good.
                var _ = home.remove(desired);
            }
        }
    }
}
