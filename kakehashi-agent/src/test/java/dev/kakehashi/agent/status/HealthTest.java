package dev.kakehashi.agent.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.store.StoreStatus;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

class HealthTest {
    private static final StoreStatus GONE =
            new StoreStatus(false, "connection refused", Duration.ofMinutes(10));

    private static Health of(Convergence convergence, StoreStatus store, String trouble) {
        return Health.of(Statuses.agent(Statuses.node(convergence, store, trouble)));
    }

    @Test
    void aNodeThatConverged_isReady() {
        Health health = Health.of(Statuses.agent(Statuses.node()));
        assertThat(health.alive()).isTrue();
        assertThat(health.ready()).isTrue();
        assertThat(health.text("readyz", true)).endsWith("readyz check passed\n");
    }

    @Test
    void aNodeThatHasNotConverged_isAliveAndNotReady_andSaysWhy() {
        Health health =
                of(
                        Statuses.failing(Optional.empty(), "NoNetwork", "waiting for Network pods"),
                        Statuses.reachable(),
                        "");
        assertThat(health.alive()).isTrue();
        assertThat(health.ready()).isFalse();
        assertThat(health.text("readyz", false))
                .contains("[-]converged failed: waiting for Network pods");
    }

    @Test
    void aStoreThatIsGone_makesNoWorkingNodeUnready_andIsTold() {
        Health health =
                of(
                        Statuses.failing(
                                Optional.of(Statuses.AT), "StoreFailed", "cannot write the Node"),
                        GONE,
                        "");
        assertThat(health.ready()).isTrue();
        assertThat(health.text("readyz", true))
                .contains("[!]store: /etc/kakehashi/cluster is not reachable: connection refused")
                .contains("[!]wanted-state: cannot write the Node; what worked before");
    }

    @Test
    void aStoreThatIsGoneFromTheStart_leavesTheNodeUnready() {
        Health health =
                of(
                        new Convergence(
                                true,
                                Duration.ZERO,
                                Optional.empty(),
                                Optional.empty(),
                                0,
                                Map.of(),
                                "",
                                ""),
                        GONE,
                        "");
        assertThat(health.alive()).isTrue();
        assertThat(health.ready()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"KernelFailed", "CniConfFailed", "LedgerFailed", "NoUnderlay"})
    void aNodeWhoseOwnPartFails_isNotReady(String reason) {
        Health health =
                of(
                        Statuses.failing(Optional.of(Statuses.AT), reason, "why"),
                        Statuses.reachable(),
                        "");
        assertThat(health.alive()).isTrue();
        assertThat(health.ready()).isFalse();
    }

    @Test
    void aKernelThatCannotBePutRight_isNotReady() {
        Health health = of(Statuses.converged(), Statuses.reachable(), "flannel.1: EBUSY");
        assertThat(health.ready()).isFalse();
        assertThat(health.text("readyz", false)).contains("[-]kernel failed: flannel.1: EBUSY");
    }

    @Test
    void aThreadThatHasBeenAtOneTurnTooLong_isNotAlive() {
        Convergence now = Statuses.converged();
        Convergence stuck =
                new Convergence(
                        true,
                        Health.STUCK.plusSeconds(1),
                        now.first(),
                        now.last(),
                        1,
                        Map.of(),
                        "",
                        "");
        Health health = of(stuck, Statuses.reachable(), "");
        assertThat(health.alive()).isFalse();
        assertThat(health.ready()).isFalse();
        assertThat(health.text("healthz", false))
                .contains("[-]convergence-thread failed: has been at one turn for 61 s");
    }

    @Test
    void aThreadThatEnded_isNotAlive() {
        Convergence ended =
                new Convergence(
                        false,
                        Duration.ZERO,
                        Optional.of(Statuses.AT),
                        Optional.of(Statuses.AT),
                        1,
                        Map.of(),
                        "",
                        "");
        assertThat(of(ended, Statuses.reachable(), "").alive()).isFalse();
    }

    @Test
    void anAgentWithoutNode_isReadyWhenItServes() {
        assertThat(Health.of(Statuses.agent(new CallTimes())).ready()).isTrue();
    }
}
