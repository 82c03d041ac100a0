package dev.kakehashi.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.testing.KernelTest;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

@KernelTest
class PlanCniCommandTest {
    @TempDir Path folder;

    @BeforeEach
    void describe() throws Exception {
        Files.writeString(
                folder.resolve("10-net.conflist"),
                """
                {"cniVersion": "1.1.0", "name": "net", "plugins": [{"type": "ptp",
                 "ipam": {"type": "static", "addresses": [{"address": "10.1.2.9/24",
                                                           "gateway": "10.1.2.1"}]}}]}
                """);
    }

    private Captured plan(String... arguments) {
        List<String> line = new ArrayList<>(List.of("plan", "cni", "--from-scratch"));
        line.addAll(List.of(arguments));
        return Captured.of(() -> Kakehashi.run(line.toArray(String[]::new)));
    }

    @Test
    void network_isPrintedAsCommands() {
        Captured run = plan("--conf-dir", folder.toString(), "-i", "net1", "net");
        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.out())
                .startsWith("# ptp\n")
                .contains("ip -n container address add 10.1.2.9/")
                .contains("dev net1");
    }

    @Test
    void file_isPrintedForPrograms() throws Exception {
        Path file = folder.resolve("10-net.conflist");
        Captured json = plan(file.toString(), "-o", "json");
        JsonObject plan = JsonParser.parseObject(json.out());
        assertThat(plan.objects("plugins").getFirst().string("type", "")).isEqualTo("ptp");
        assertThat(plan.objects("plugins").getFirst().strings("commands")).isNotEmpty();
        assertThat(plan.object("result")).isPresent();
        assertThat(plan(file.toString(), "-o", "yaml").out()).contains("- type: ptp");
    }

    @Test
    void failure_isToldAndChangesNothing() throws Exception {
        Files.writeString(
                folder.resolve("20-bad.conflist"),
                "{\"cniVersion\": \"1.1.0\", \"name\": \"bad\", \"plugins\": [{\"type\":"
                        + " \"bandwidth\", \"ingressRate\": 1}]}");
        Captured run = plan("--conf-dir", folder.toString(), "bad");
        assertThat(run.status()).isOne();
        assertThat(run.err()).contains("burst");
        assertThat(plan().status()).as("without a network").isEqualTo(2);
        assertThat(plan("--conf-dir", folder.toString(), "gone").status()).isOne();
    }
}
