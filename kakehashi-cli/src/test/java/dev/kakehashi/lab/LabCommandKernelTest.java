package dev.kakehashi.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.testing.KernelTest;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** {@code kakehashi lab} as it is typed, on a lab of two nodes with a pod each. */
@KernelTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LabCommandKernelTest {
    private static final String NAME = "labcmd";

    private final LabBed bed = new LabBed(new LabSpec(NAME, 2, 1, "vxlan", 1));

    /** What a command left. */
    private record Typed(int status, String out, String err) {
        Typed succeeded() {
            assertThat(status).as("%s%s", out, err).isZero();
            return this;
        }

        JsonObject json() throws Exception {
            return JsonParser.parseObject(succeeded().out);
        }
    }

    @BeforeAll
    void up() throws IOException {
        var _ = bed.up();
    }

    @AfterAll
    void down() throws IOException {
        bed.down();
        assertThat(bed.traces()).isEmpty();
    }

    private Typed lab(String command, String... arguments) throws Exception {
        Path program =
                Path.of(System.getProperty("kakehashi.dist", "../dist"), "bin", "kakehashi")
                        .toAbsolutePath();
        assumeTrue(Files.isExecutable(program), "needs " + program + ": make build");
        List<String> line = new ArrayList<>(List.of(program.toString(), "lab", command));
        line.addAll(List.of("--name", NAME));
        line.addAll(List.of(arguments));
        Path err = Files.createTempFile("kakehashi-lab", ".err");
        try {
            Process process = new ProcessBuilder(line).redirectError(err.toFile()).start();
            process.getOutputStream().close();
            String out =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("the end of %s", line).isTrue();
            return new Typed(process.exitValue(), out, Files.readString(err));
        } finally {
            Files.delete(err);
        }
    }

    private static List<String> strings(JsonObject object, String list, String key)
            throws Exception {
        List<String> strings = new ArrayList<>();
        for (JsonObject each : object.objects(list)) {
            strings.add(each.string(key).orElseThrow());
        }
        return strings;
    }

    @Test
    void status_isATableOrForPrograms() throws Exception {
        LabPod pod = bed.pod("pod2");

        String table = lab("status").succeeded().out();
        assertThat(table.lines().filter(line -> line.startsWith("NODE")))
                .singleElement()
                .asString()
                .containsPattern("NODE +ADDRESS +PODS +AGENT +NAMESPACE");
        assertThat(table)
                .containsPattern("node1 +198\\.18\\.1\\.11 +10\\.244\\.\\d+\\.0/24 +\\S")
                .containsPattern("pod2 +node2 +" + pod.address());

        JsonObject json = lab("status", "-o", "json").json();
        assertThat(json.string("name")).contains(NAME);
        assertThat(json.string("carrier")).contains("vxlan");
        assertThat(strings(json, "nodes", "name")).containsExactly("node1", "node2");
        assertThat(strings(json, "pods", "address")).contains(pod.address());

        Map<?, ?> yaml =
                (Map<?, ?>)
                        new Load(LoadSettings.builder().build())
                                .loadFromString(lab("status", "-o", "yaml").succeeded().out());
        assertThat(yaml.get("name")).isEqualTo(NAME);
        assertThat((List<?>) yaml.get("nodes")).hasSize(2);
    }

    @Test
    void ping_saysWhetherItArrives() throws Exception {
        assertThat(lab("ping", "-c", "2", "pod1", "pod2").succeeded().out())
                .contains("2 packets transmitted, 2 received");
        assertThat(lab("ping", "-c", "1", "pod1", "outside").succeeded().out())
                .contains("1 received");
        Typed nowhere = lab("ping", "-c", "1", "pod1", "10.244.255.254");
        assertThat(nowhere.status()).isNotZero();
        assertThat(nowhere.out()).contains("0 received");
    }

    @Test
    void exec_runsThere_withItsStatus() throws Exception {
        assertThat(lab("exec", "pod1", "--", "ip", "-o", "-4", "address").succeeded().out())
                .contains("eth0")
                .contains(bed.pod("pod1").address());
        assertThat(lab("exec", "node2", "--", "ip", "-br", "link").succeeded().out())
                .contains("flannel.1");
        assertThat(lab("exec", "outside", "--", "sh", "-c", "exit 7").status()).isEqualTo(7);
    }

    @Test
    void podsCome_andGo() throws Exception {
        JsonObject added = lab("add-pod", "node2", "guest", "-o", "json").json();
        assertThat(added.string("name")).contains("guest");
        assertThat(added.string("node")).contains("node2");
        assertThat(lab("ping", "-c", "1", "pod1", "guest").succeeded().out())
                .contains(added.string("address").orElseThrow());
        assertThat(lab("add-pod", "node2", "guest").status()).isNotZero();

        lab("del-pod", "guest").succeeded();
        assertThat(lab("status").succeeded().out()).doesNotContain("guest");
        Typed again = lab("del-pod", "guest");
        assertThat(again.status()).isNotZero();
        assertThat(again.err()).contains("guest").doesNotContain("\tat ");

        String table = lab("add-pod", "node1").succeeded().out();
        assertThat(table).containsPattern("POD +NODE +ADDRESS").containsPattern("pod\\d+ +node1");
        String name = table.lines().toList().get(1).split(" ", 2)[0];
        lab("del-pod", name).succeeded();
    }

    @Test
    void explain_tellsTheWayInSteps() throws Exception {
        String target = bed.pod("pod2").address();
        assertThat(lab("explain", "pod1", "pod2").succeeded().out())
                .startsWith("from " + bed.pod("pod1").address() + " to pod2 (" + target + ")")
                .contains(" 1  pod1 ")
                .contains("wrapped into UDP 8472, VNI 1")
                .contains("$ ip route");
        JsonObject json = lab("explain", "pod1", "pod2", "-o", "json").json();
        assertThat(json.string("to")).contains(target);
        assertThat(strings(json, "steps", "where")).contains("pod1", "node1", "node2");
    }

    @Test
    void mistakes_sayWhatIsWrong() throws Exception {
        Typed unknown = lab("exec", "pod99", "--", "true");
        assertThat(unknown.status()).isNotZero();
        assertThat(unknown.err()).contains("pod99").doesNotContain("\tat ");

        Typed form = lab("status", "-o", "xml");
        assertThat(form.status()).isEqualTo(2);
        assertThat(form.err()).contains("xml").containsIgnoringCase("table, wide, json, yaml");

        assertThat(lab("ping", "pod1").status()).isEqualTo(2);
    }
}
