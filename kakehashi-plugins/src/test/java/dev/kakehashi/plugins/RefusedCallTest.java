package dev.kakehashi.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.cni.json.JsonValue;
import dev.kakehashi.cni.result.ResultCodec;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Calls that every plugin must refuse, with the code of the specification (SPEC, "Error"), a text
 * that says what is wrong, and nothing changed.
 */
@KernelTest
class RefusedCallTest {

    /** A variable of the call, what is wrong with it, the code, what the text names. */
    private record Variable(String name, String value, int code, String names) {}

    private static final List<Variable> VARIABLES =
            List.of(
                    new Variable("CNI_CONTAINERID", "", 4, "CNI_CONTAINERID"),
                    new Variable("CNI_CONTAINERID", "../x", 4, "../x"),
                    new Variable("CNI_CONTAINERID", "a/b", 4, "a/b"),
                    new Variable("CNI_CONTAINERID", "a b", 4, "a b"),
                    new Variable("CNI_CONTAINERID", "a\nb", 4, "container"),
                    new Variable("CNI_CONTAINERID", ".", 4, "."),
                    new Variable("CNI_IFNAME", "", 4, "CNI_IFNAME"),
                    new Variable("CNI_IFNAME", "..", 4, ".."),
                    new Variable("CNI_IFNAME", "../../x", 4, "interface name"),
                    new Variable("CNI_IFNAME", "a:b", 4, "interface name"),
                    new Variable("CNI_IFNAME", "sixteencharsname", 4, "interface name"),
                    new Variable("CNI_NETNS", "", 4, "CNI_NETNS"),
                    new Variable("CNI_PATH", "", 4, "CNI_PATH"),
                    new Variable("CNI_COMMAND", "FLY", 4, "FLY"));

    /** A key of the configuration, its wrong value, the code, what the text names. */
    private record Key(String name, String value, int code, String names) {}

    private static final List<Key> KEYS =
            List.of(
                    new Key("name", "''", 7, "network name"),
                    new Key("name", "'../x'", 7, "../x"),
                    new Key("name", "'a b'", 7, "a b"),
                    new Key("name", "7", 6, "name"),
                    new Key("cniVersion", "'9.9.9'", 1, "incompatible"),
                    new Key("cniVersion", "'one'", 1, "incompatible"),
                    new Key("cniVersion", "{}", 6, "cniVersion"));

    @TempDir Path root;

    static Stream<String> alone() {
        return Stream.of(
                        WholeConfigs.mains(),
                        WholeConfigs.interfaces(),
                        WholeConfigs.rareInterfaces(),
                        WholeConfigs.addresses())
                .flatMap(List::stream);
    }

    static Stream<String> chained() {
        return Stream.of(WholeConfigs.chained(), WholeConfigs.rareChained()).flatMap(List::stream);
    }

    @ParameterizedTest
    @MethodSource
    void alone(String keys, TestNamespaces namespaces) throws Exception {
        try (PluginBed bed = PluginBed.below(root, namespaces)) {
            WholeConfigs.prepare(bed);
            refusesAll(bed, WholeConfigs.json(keys));
        }
    }

    @ParameterizedTest
    @MethodSource
    void chained(String keys, TestNamespaces namespaces) throws Exception {
        try (ChainBed chain = ChainBed.create(root, namespaces)) {
            refusesAll(
                    chain.bed(),
                    WholeConfigs.json(keys)
                            .with("prevResult", ResultCodec.encode(chain.attached(), "1.1.0")));
            chain.detach();
        }
    }

    private void refusesAll(PluginBed bed, JsonObject whole) throws Exception {
        Map<String, String> right = DamagedCalls.variables(bed);
        List<String> before = Traces.of(bed, root);
        for (Variable wrong : VARIABLES) {
            Map<String, String> variables = DamagedCalls.variables(bed);
            variables.put(wrong.name, wrong.value);
            refuses(bed, whole, variables, DamagedCalls.bytes(whole), wrong.code, wrong.names);
        }
        for (Key wrong : KEYS) {
            JsonValue value =
                    Calls.parse("{'x': " + wrong.value + "}").members().getFirst().value();
            byte[] stdin = DamagedCalls.bytes(whole.with(wrong.name, value));
            refuses(bed, whole, right, stdin, wrong.code, wrong.names);
        }
        for (String text : List.of("", "{", "[]", "\0", "{} {}", "{\"name\": \"net\"", "x")) {
            refuses(bed, whole, right, text.getBytes(StandardCharsets.UTF_8), 6, "config");
        }
        assertThat(Traces.of(bed, root)).isEqualTo(before);
    }

    private static void refuses(
            PluginBed bed,
            JsonObject whole,
            Map<String, String> variables,
            byte[] stdin,
            int code,
            String names)
            throws Exception {
        String type = whole.string("type", "");
        DamagedCalls.Answer answer = DamagedCalls.call(bed, type, "ADD", variables, stdin);
        String what = type + " " + variables + " " + new String(stdin, StandardCharsets.UTF_8);
        assertThat(answer.status()).as(what).isOne();
        assertThat(answer.stderr()).as(what).isEmpty();
        JsonObject error = JsonParser.parseObject(answer.stdout());
        assertThat(error.integer("code")).as(what + error).hasValue(code);
        assertThat(error.string("msg", "") + error.string("details", "")).as(what).contains(names);
    }
}
