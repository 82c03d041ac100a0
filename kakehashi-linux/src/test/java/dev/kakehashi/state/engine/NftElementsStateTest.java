package dev.kakehashi.state.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.nft.Chain;
import dev.kakehashi.linux.nft.Element;
import dev.kakehashi.linux.nft.Family;
import dev.kakehashi.linux.nft.KernelNft;
import dev.kakehashi.linux.nft.NftSet;
import dev.kakehashi.linux.nft.Rule;
import dev.kakehashi.linux.nft.Table;
import dev.kakehashi.linux.nft.expr.DataType;
import dev.kakehashi.linux.nft.expr.Value;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.NftChain;
import dev.kakehashi.state.NftElements;
import dev.kakehashi.state.NftRules;
import dev.kakehashi.state.Resource;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;
import dev.kakehashi.testing.ToldByKernel;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/** Elements of ours in a map that others use too. */
@KernelTest
class NftElementsStateTest {
    private static final Table TABLE = Table.of(Family.INET, "shared");
    private static final NftSet PORTS =
            NftSet.map("ports", List.of(DataType.INET_SERVICE), DataType.INET_SERVICE);

    private Netns netns;
    private Engine engine;

    @BeforeEach
    void open(TestNamespaces namespaces) throws Exception {
        netns = namespaces.create();
        engine = Engine.open(netns);
    }

    @AfterEach
    void close() {
        engine.close();
    }

    private static DesiredState host(Resource... resources) {
        return DesiredState.builder().host(resources).build();
    }

    /** Elements from one port to another, in turn. */
    private static NftElements elements(String owner, int... ports) {
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < ports.length; i += 2) {
            elements.add(Element.of(Value.be16(ports[i])).to(Value.be16(ports[i + 1])));
        }
        return NftElements.of(TABLE, PORTS, owner, elements);
    }

    /** What is in the map: {@code PORT>PORT OWNER}. */
    private List<String> installed() throws Exception {
        List<String> all = new ArrayList<>();
        for (Element element :
                KernelNft.of(netns).set(TABLE.id(), PORTS.name()).orElseThrow().elements()) {
            Value to = (Value) element.data().orElseThrow();
            all.add(element.key().bigEndian() + ">" + to.bigEndian() + " " + element.comment());
        }
        return all;
    }

    @Test
    void elementsOfSeveralOwners_comeAndGoOneByOne() throws Exception {
        engine.apply(host(elements("a", 80, 8080, 81, 8081)));
        engine.apply(host(elements("b", 90, 9090)));
        assertThat(installed()).containsExactly("80>8080 a", "81>8081 a", "90>9090 b");
        assertThat(engine.plan(host(elements("a", 80, 8080, 81, 8081))).isEmpty()).isTrue();
        assertThat(engine.plan(host(NftElements.none(TABLE, PORTS))).isEmpty()).isTrue();

        engine.remove(host(NftElements.all(TABLE, PORTS, "a")));
        assertThat(installed()).containsExactly("90>9090 b");
        engine.remove(host(NftElements.all(TABLE, PORTS, "a")));
        engine.remove(host(elements("b", 90, 9090)));
        assertThat(installed()).isEmpty();
    }

    @Test
    void whatIsThereAlready_isCompletedAndPutRight() throws Exception {
        engine.apply(host(elements("a", 80, 8080)));
        engine.apply(host(elements("a", 80, 8888, 81, 8081)));
        assertThat(installed()).containsExactly("80>8888 a", "81>8081 a");
    }

    @Test
    void keyOfAnother_isTakenOver_andItsLateRemovalTakesNothing() throws Exception {
        engine.apply(host(elements("lost", 80, 8080, 81, 8081)));
        Applied applied = engine.apply(host(elements("next", 80, 9090)));
        assertThat(applied.steps()).hasSize(1).first().isInstanceOf(Step.Change.class);
        assertThat(installed()).containsExactly("80>9090 next", "81>8081 lost");

        engine.remove(host(NftElements.all(TABLE, PORTS, "lost")));
        assertThat(installed()).containsExactly("80>9090 next");
    }

    @Test
    void failure_takesElementsBack_andGivesBackWhatWasTakenOver() throws Exception {
        engine.apply(host(elements("before", 80, 8080)));
        Rule nowhere = Rule.in(Family.INET).jump("nowhere").comment("next").build();
        assertThatThrownBy(() ->
                        engine.apply(
                                host(
                                        elements("next", 80, 9090, 81, 9191),
                                        NftChain.shared(TABLE, Chain.regular("chain")),
                                        NftRules.of(TABLE.id(), "chain", nowhere))))
                .isInstanceOf(StepException.class);
        assertThat(installed()).containsExactly("80>8080 before");
    }

    @Test
    void plan_printsWhatItWouldDo() throws Exception {
        assertThat(engine.plan(host(elements("a", 80, 8080))).toString().lines())
                .containsExactly(
                        "nft 'add table inet shared'",
                        "nft 'add map inet shared ports { type inet_service : inet_service; }'",
                        "nft 'create element inet shared ports { 80 comment \"a\" : 8080 }'");
    }

    /** Every way to make, look at and remove elements that are known by their keys. */
    private void everyWay() throws Exception {
        engine.apply(host(elements("a", 80, 8080, 81, 8081)));
        assertThat(engine.plan(host(elements("a", 80, 8080, 81, 8081))).isEmpty()).isTrue();
        engine.apply(host(elements("b", 80, 8080)));
        engine.reconcile(host(NftElements.none(TABLE, PORTS), elements("b", 82, 8082)));
        engine.remove(host(elements("a", 80, 8080, 81, 8081)));
        engine.remove(host(elements("b", 80, 8080, 82, 8082)));
    }

    @Test
    void elementsWithKeys_areLookedUp_howeverManyThereAre() throws Exception {
        everyWay();
        long few = ToldByKernel.during(this::everyWay);
        int[] many = new int[2 * 5_000];
        for (int i = 0; i < many.length; i++) {
            many[i] = 10_000 + i;
        }
        engine.apply(host(elements("many", many)));
        assertThat(ToldByKernel.during(this::everyWay)).isLessThan(few + few / 10);
        assertThat(installed()).hasSize(5_000).allMatch(element -> element.endsWith(" many"));
        assertThat(
                        ToldByKernel.during(
                                () -> engine.remove(host(NftElements.all(TABLE, PORTS, "many")))))
                .as("those without keys are looked for everywhere")
                .isGreaterThan(10 * few);
        assertThat(installed()).isEmpty();
    }

    @Test
    void removalOfElementsWithKeys_leavesOthersWithTheComment() throws Exception {
        engine.apply(host(elements("a", 80, 8080, 81, 8081)));
        engine.remove(host(elements("a", 81, 8081, 82, 8082)));
        assertThat(installed()).containsExactly("80>8080 a");
    }
}
