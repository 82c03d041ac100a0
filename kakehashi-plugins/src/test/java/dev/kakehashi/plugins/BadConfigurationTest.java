package dev.kakehashi.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.cni.result.ResultCodec;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.RequiresFeature;
import dev.kakehashi.testing.Seeds;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Configurations with something wrong in them, of every plugin that came after the first ones: each
 * is served or refused with a CNI error; a refused ADD changes nothing, and after DEL links,
 * addresses, routes, rules, rules of nftables and files are as before.
 */
@KernelTest
class BadConfigurationTest {

    private static final int RUNS = Integer.getInteger("test.runs", 40);
    private static final int FEW_RUNS = Math.min(8, RUNS); // where the processor is emulated

    @TempDir Path root;

    @ParameterizedTest
    @MethodSource("dev.kakehashi.plugins.WholeConfigs#interfaces")
    void interfacePlugin_isServedOrRefused_andLeavesNothing(String keys, TestNamespaces namespaces)
            throws Exception {
        playAlone(keys, RUNS, namespaces);
    }

    @ParameterizedTest
    @MethodSource("dev.kakehashi.plugins.WholeConfigs#chained")
    void chainedPlugin_isServedOrRefused_andLeavesNothing(String keys, TestNamespaces namespaces)
            throws Exception {
        playInChain(keys, RUNS, namespaces);
    }

    @Test
    @RequiresFeature({"ipvlan", "vlan", "dummy", "vrf"})
    void pluginOfRareKinds_isServedOrRefused_andLeavesNothing(TestNamespaces namespaces)
            throws Exception {
        for (String keys : WholeConfigs.rareInterfaces()) {
            playAlone(keys, FEW_RUNS, namespaces);
        }
        for (String keys : WholeConfigs.rareChained()) {
            playInChain(keys, FEW_RUNS, namespaces);
        }
    }

    private void playAlone(String keys, int runs, TestNamespaces namespaces) throws Exception {
        try (PluginBed bed = PluginBed.below(root, namespaces)) {
            WholeConfigs.prepare(bed);
            play(bed, WholeConfigs.json(keys), runs);
        }
    }

    private void playInChain(String keys, int runs, TestNamespaces namespaces) throws Exception {
        try (ChainBed chain = ChainBed.create(root, namespaces)) {
            play(
                    chain.bed(),
                    WholeConfigs.json(keys)
                            .with("prevResult", ResultCodec.encode(chain.attached(), "1.1.0")),
                    runs);
            chain.detach();
        }
    }

    private void play(PluginBed bed, JsonObject valid, int runs) throws Exception {
        RandomGenerator random = Seeds.random();
        String type = valid.string("type", "");
        // What all attachments share is made by the first, and stays.
        Map<String, String> right = DamagedCalls.variables(bed);
        byte[] whole = DamagedCalls.bytes(valid);
        for (String command : List.of("ADD", "DEL")) {
            DamagedCalls.Answer answer = DamagedCalls.call(bed, type, command, right, whole);
            assertThat(answer.status()).as(type + " undamaged: " + answer).isZero();
        }
        List<String> before = traces(bed, type);
        int served = 0;
        for (int run = 0; run < runs; run++) {
            byte[] stdin = DamagedCalls.bytes(damaged(valid, random));
            Map<String, String> variables = DamagedCalls.variables(bed, random);
            String what = type + " " + variables + " " + new String(stdin, StandardCharsets.UTF_8);

            DamagedCalls.Answer added = DamagedCalls.call(bed, type, "ADD", variables, stdin);

            assertThat(added.stderr()).as(what).doesNotContain("\tat dev.kakehashi");
            JsonObject answer = JsonParser.parseObject(added.stdout());
            if (added.status() == 0) {
                served++;
            } else {
                assertThat(answer.integer("code").orElse(0)).as(what + answer).isPositive();
                assertThat(answer.string("msg", "")).as(what).isNotEmpty();
                assertThat(traces(bed, type)).as("refused: " + what + answer).isEqualTo(before);
            }
            DamagedCalls.Answer deleted = DamagedCalls.call(bed, type, "DEL", variables, stdin);
            assertThat(deleted.stderr()).as(what).doesNotContain("\tat dev.kakehashi");
            if (deleted.status() == 0) {
                assertThat(traces(bed, type)).as("deleted: " + what).isEqualTo(before);
            } else {
                assertThat(added.status()).as(what + deleted.stdout()).isNotZero();
            }
        }
        System.out.println(type + ": " + served + " of " + runs + " were served");
    }

    /** Routes that sbr has moved go with the container, as those of the reference plugin do. */
    private List<String> traces(PluginBed bed, String type) throws Exception {
        List<String> traces = Traces.of(bed, root);
        if (type.equals("sbr")) {
            traces.removeIf(trace -> trace.startsWith("container: route"));
        }
        return traces;
    }

    /** Damaged, and an object still. */
    private static JsonObject damaged(JsonObject valid, RandomGenerator random) throws Exception {
        while (true) {
            if (DamagedCalls.damage(valid, random) instanceof JsonObject object
                    && object.has("type")) {
                return object;
            }
        }
    }
}
