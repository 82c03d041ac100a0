package dev.kakehashi.cluster.ipam;

import static dev.kakehashi.cluster.ipam.SmallPools.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cluster.LabelSelector;
import dev.kakehashi.cluster.Metadata;
import dev.kakehashi.cluster.Namespace;
import dev.kakehashi.cluster.Tree;

import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.List;
import java.util.Map;

class PoolChoiceTest {
    private static final PoolRules ALL = pool("all", "10.0.0.0/24", LabelSelector.everything());
    private static final PoolRules RED =
            pool("red", "10.1.0.0/24", new LabelSelector(Map.of("team", "red"), List.of()));
    private static final PoolRules NOT_RED =
            pool(
                    "rest",
                    "10.2.0.0/24",
                    new LabelSelector(
                            Map.of(),
                            List.of(
                                    new LabelSelector.Expression(
                                            "team",
                                            LabelSelector.Operator.NOT_IN,
                                            List.of("red")))));
    private static final List<PoolRules> POOLS = List.of(ALL, RED, NOT_RED);

    private static Namespace namespace(String name, Map<String, String> labels, String chosen) {
        Metadata metadata = Metadata.named(name);
        return new Namespace(
                chosen.isEmpty() ? metadata : metadata.with("kakehashi.dev/pools", chosen),
                new Tree(Map.of("metadata", Map.of("name", name, "labels", labels))));
    }

    private static Ledger ledger(Namespace... namespaces) {
        return Ledger.of("boot")
                .withPools(POOLS)
                .withNamespaces(NamespaceRules.of(List.of(namespaces), POOLS));
    }

    private static AddressRequest request(String namespace, String... pools) {
        return new AddressRequest(
                "c", "eth0", Map.of(), namespace, List.of(pools), List.of("all"), List.of());
    }

    private static List<String> pools(Ledger ledger, AddressRequest request) throws Exception {
        return PoolChoice.of(ledger, request).pools(ledger, true).stream()
                .map(PoolRules::name)
                .toList();
    }

    @Test
    void thePodsOwnChoice_goesBeforeItsNamespaces_andThatBeforeTheConfigurations()
            throws Exception {
        Ledger ledger = ledger(namespace("shop", Map.of("team", "red"), "red"));

        assertThat(pools(ledger, request("shop", "all"))).containsExactly("all");
        assertThat(pools(ledger, request("shop"))).containsExactly("red");
        assertThat(pools(ledger(namespace("shop", Map.of(), "")), request("shop")))
                .containsExactly("all");
        assertThat(pools(ledger, request(""))).containsExactly("all");
    }

    @Test
    void selectors_seeTheLabelsOfTheNamespace() throws Exception {
        Ledger ledger =
                ledger(
                        namespace("bank", Map.of("team", "red", "other", "x"), "red,rest"),
                        namespace("shop", Map.of(), "red,rest"));

        assertThat(pools(ledger, request("bank"))).containsExactly("red");
        assertThat(pools(ledger, request("shop"))).containsExactly("rest");
        assertThat(ledger.namespaces().get("bank"))
                .as("what no pool asks about")
                .isEqualTo(new NamespaceRules(Map.of("team", "red"), "red,rest"));
        assertThatThrownBy(() -> pools(ledger, request("shop", "red")))
                .isInstanceOf(AddressRefusedException.class)
                .hasMessage(
                        "no IPPool with IPv4 addresses is for this pod: all is not what the pod"
                                + " chose, red is not for its namespace, rest is not what the pod"
                                + " chose");
    }

    @Test
    void aNamespaceThatIsNotKnownYet_isWaitedFor_whereThereAreNamespaces() throws Exception {
        assertThatThrownBy(() ->
                        Allocator.give(
                                ledger(namespace("shop", Map.of(), "")),
                                "a",
                                request("new"),
                                0,
                                Instant.EPOCH))
                .isInstanceOf(AddressesExhaustedException.class)
                .hasMessageContaining("namespace new is not known to this node yet");
        assertThat(pools(ledger(), request("new"))).as("by its name alone").containsExactly("all");
    }

    @Test
    void whatANamespaceChose_andIsNotThereOrIsNoName_isRefusedAndSaidToBeIts() {
        assertThatThrownBy(
                        () -> pools(ledger(namespace("shop", Map.of(), "gone")), request("shop")))
                .isInstanceOf(AddressRefusedException.class)
                .hasMessage(
                        "namespace shop chose IPPool gone, and there is no such one that this node"
                                + " may use; there is all, red, rest");
        assertThatThrownBy(
                        () -> pools(ledger(namespace("shop", Map.of(), "../all")), request("shop")))
                .hasMessage(
                        "namespace shop: annotation kakehashi.dev/pools: '../all' is no name of an"
                                + " IPPool");
        Ledger tooLong = ledger(namespace("shop", Map.of(), "all,".repeat(60_000)));
        assertThat(tooLong.namespaces().toString()).hasSizeLessThan(5000);
        assertThatThrownBy(() -> pools(tooLong, request("shop")))
                .hasMessageContaining("at most 4096 are read");
    }
}
