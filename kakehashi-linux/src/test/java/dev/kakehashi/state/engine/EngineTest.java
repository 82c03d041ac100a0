package dev.kakehashi.state.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.nft.Chain;
import dev.kakehashi.linux.nft.ChainType;
import dev.kakehashi.linux.nft.Family;
import dev.kakehashi.linux.nft.Hook;
import dev.kakehashi.linux.nft.KernelNft;
import dev.kakehashi.linux.nft.Nft;
import dev.kakehashi.linux.nft.Priority;
import dev.kakehashi.linux.nft.Rule;
import dev.kakehashi.linux.nft.Ruleset;
import dev.kakehashi.linux.nft.Table;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.NftTable;
import dev.kakehashi.state.Ownership;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;

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

    /** As when a release takes over the node of another: every packet meets one of the two. */
    @Test
    void chainThatHadAHook_isLedToByAnother_inOneTransaction(TestNamespaces namespaces)
            throws Exception {
        Netns host = namespaces.create();
        Table table = Table.of(Family.INET, Ownership.NFT_TABLE);
        Chain forward = Chain.base("forward", ChainType.FILTER, Hook.FORWARD, Priority.FILTER);
        Rule clamp = Rule.in(Family.INET).clampMss().build();
        Ruleset apart =
                Ruleset.of(table)
                        .chain(forward)
                        .chain(
                                Chain.base("mss", ChainType.FILTER, Hook.FORWARD, Priority.MANGLE),
                                clamp)
                        .build();
        Ruleset within =
                Ruleset.of(table)
                        .chain(forward, Rule.in(Family.INET).tcpSyn().jump("mss").build())
                        .chain(Chain.regular("mss"), clamp)
                        .build();
        Nft nft = KernelNft.of(host);
        try (Engine engine = Engine.open(host)) {
            for (Ruleset ruleset : List.of(apart, within, apart)) {
                int generation = nft.generation();
                DesiredState desired = DesiredState.builder().host(new NftTable(ruleset)).build();
                assertThat(engine.reconcile(desired).steps()).hasSize(1);
                assertThat(nft.generation()).isEqualTo(generation + 1);
                assertThat(nft.table(table.id()).orElseThrow().ruleset()).isEqualTo(ruleset);
            }
        }
    }
}
