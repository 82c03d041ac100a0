package dev.kakehashi.cni.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.RandomInput;
import dev.kakehashi.cni.config.NetworkConfigList;
import dev.kakehashi.cni.config.PluginConfig;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.cni.result.EncodedResult;
import dev.kakehashi.cni.result.VersionInfo;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Whatever comes in, only errors of the specification come out. */
class FuzzTest {
    private static final int RUNS = Integer.getInteger("test.runs", 1500);

    private static final String CONFIG =
            """
            {"cniVersion":"1.1.0","name":"net","type":"x","capabilities":{"a":true},"ipam":{"type":"ipam"},
            "dns":{"nameservers":["1.2.3.4"],"domain":"d","search":["s"],"options":["o"]},
            "prevResult":{"cniVersion":"1.1.0","interfaces":[{"name":"eth0","mtu":1500,"sandbox":"/x"}],
            "ips":[{"address":"10.1.2.3/24","gateway":"10.1.2.1","interface":0},{"address":"fd00::1/64"}],
            "routes":[{"dst":"0.0.0.0/0","gw":"10.1.2.1","table":7,"scope":0}],"dns":{}},
            "cniVersions":["0.4.0","1.1.0"],"disableCheck":"true","plugins":[{"type":"x"},{"type":"y"}],
            "cni.dev/valid-attachments":[{"containerID":"a","ifname":"eth0"}]}\
            """;

    private static final String[] FRAGMENTS = {
        "null",
        "{}",
        "[]",
        "\"\"",
        "-1",
        "1e999",
        "99999999999999999999",
        "\"../../x\"",
        "true",
        "\u0000",
        ",",
        "}",
        "\"",
        "\\ud800",
        "{\"a\":",
        "[[[[[[[[",
        "\"1.1.0\"",
        "\"0.2.0\"",
        "\"::/999\"",
        "\ufeff"
    };

    /** A valid input with some bytes changed, cut, doubled or replaced by something nasty. */
    private static byte[] mutated(RandomInput random) {
        byte[] text = CONFIG.getBytes(UTF_8);
        for (int i = random.below(5); i >= 0 && text.length > 0; i--) {
            int at = random.below(text.length);
            int to = Math.min(text.length, at + random.below(random.flip() ? 4 : 80));
            byte[] middle =
                    switch (random.below(4)) {
                        case 0 -> random.bytes(random.below(4));
                        case 1 -> random.oneOf(FRAGMENTS).getBytes(UTF_8);
                        case 2 -> new byte[0];
                        default -> Arrays.copyOfRange(text, random.below(text.length), text.length);
                    };
            byte[] changed = new byte[at + middle.length + text.length - to];
            System.arraycopy(text, 0, changed, 0, at);
            System.arraycopy(middle, 0, changed, at, middle.length);
            System.arraycopy(text, to, changed, at + middle.length, text.length - to);
            text = changed;
        }
        return text;
    }

    private static Map<String, String> environment(RandomInput random) {
        Map<String, String> environment = new HashMap<>();
        String[][] variables = {
            {"CNI_COMMAND", "ADD", "DEL", "CHECK", "GC", "STATUS", "VERSION", "add", "", "\u0000"},
            {"CNI_CONTAINERID", "id", "id", "id", "", "../x", "a/b", "\u0000", "é"},
            {"CNI_NETNS", "/proc/1/ns/net", "/x", "", "\u0000"},
            {"CNI_IFNAME", "eth0", "eth0", "eth0", "", "..", "a:b", "0123456789abcdef", "\ud800"},
            {"CNI_ARGS", "", "K=V", ";;", "IgnoreUnknown=1;A=B", "="},
            {"CNI_PATH", "/opt/cni/bin", "/opt/cni/bin", "", ":", "\u0000"},
            {"CNI_NETNS_OVERRIDE", "", "1", "x"}
        };
        for (String[] variable : variables) {
            if (random.below(12) > 0) {
                environment.put(variable[0], variable[1 + random.below(variable.length - 1)]);
            }
        }
        return environment;
    }

    /** A plugin that reads everything there is to read. */
    private static CniResult readAll(PluginRequest request) throws CniException {
        request.runtimeConfig();
        request.configArgs();
        if (request.command() == CniCommand.GC) {
            request.validAttachments();
        }
        request.ipamType();
        request.path();
        return request.prevResult().orElse(CniResult.EMPTY);
    }

    @Test
    void dispatch_anyInput_answersWithSuccessOrAnErrorObject() throws Exception {
        RecordingPlugin plugin = new RecordingPlugin();
        plugin.body = FuzzTest::readAll;
        PrintStream ignored = new PrintStream(OutputStream.nullOutputStream(), true, UTF_8);
        int succeeded = 0;
        for (RandomInput random : RandomInput.runs(RUNS)) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            int status =
                    PluginDispatcher.of(
                                    NetnsComparison.ofCurrentThread(), ProcessDelegator.create())
                            .dispatch(
                                    plugin,
                                    new PluginCall(
                                            environment(random),
                                            new ByteArrayInputStream(mutated(random)),
                                            out,
                                            ignored));
            if (status == 0) {
                succeeded++;
                continue;
            }
            JsonObject error = JsonParser.parseObject(out.toByteArray());
            assertThat(status).isEqualTo(1);
            assertThat(error.integer("code", -1)).as("%s %s", random, error).isIn(1, 3, 4, 6, 7, 8);
            assertThat(error.string("msg", "")).as("%s", random).isNotBlank();
        }
        if (System.getProperty("test.seed") == null) {
            assertThat(succeeded).as("some mutants must live").isBetween(RUNS / 50, RUNS / 2);
        }
    }

    @Test
    void decode_anyInput_givesAValueOrACniException() {
        int understood = 0;
        for (RandomInput random : RandomInput.runs(RUNS)) {
            byte[] input = mutated(random);
            Decoder[] decoders = {
                NetworkConfigList::parse,
                PluginConfig::parse,
                VersionInfo::decode,
                bytes -> EncodedResult.of(JsonParser.parseObject(bytes))
            };
            for (Decoder decoder : decoders) {
                try {
                    decoder.decode(input);
                    understood++;
                } catch (CniException e) {
                    assertThat(e.code()).as("%s", random).isIn(6, 7);
                    assertThat(e.msg()).as("%s", random).isNotBlank();
                }
            }
        }
        if (System.getProperty("test.seed") == null) {
            assertThat(understood).as("some mutants must live").isPositive();
        }
    }

    /** Something that reads bytes from outside. */
    private interface Decoder {
        Object decode(byte[] input) throws CniException;
    }
}
