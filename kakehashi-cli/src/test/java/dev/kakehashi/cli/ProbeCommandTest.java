package dev.kakehashi.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.linux.probe.Feature;
import dev.kakehashi.linux.probe.FeatureProbe;
import dev.kakehashi.linux.probe.FeatureResult;
import dev.kakehashi.testing.KernelTest;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code kakehashi probe} says of this kernel what the probes find. */
@KernelTest
class ProbeCommandTest {
    private static Captured probe(String... options) {
        List<String> line = new ArrayList<>(List.of("probe"));
        line.addAll(List.of(options));
        return Captured.of(() -> Kakehashi.run(line.toArray(String[]::new)));
    }

    @Test
    void table_hasEveryFeatureWithItsAnswer_andTheSum() {
        Map<Feature, FeatureResult> found = FeatureProbe.probeAll();
        Captured table = probe();
        assertThat(table.status()).isZero();
        assertThat(table.out()).containsPattern("FEATURE +KERNEL +FOR");
        found.forEach((feature, result) ->
                assertThat(table.out())
                        .containsPattern(
                                "(?m)^"
                                        + feature.name()
                                        + " +"
                                        + (result.isSupported() ? "yes" : "(no|unknown)")
                                        + " "));
        long supported = found.values().stream().filter(FeatureResult::isSupported).count();
        assertThat(table.out()).contains(supported + " of " + found.size() + " features");

        assertThat(probe("-o", "wide").out()).containsPattern("FOR +TRIED BY +ANSWER");
    }

    @Test
    void json_saysWhyAFeatureIsMissing() throws Exception {
        Captured json = probe("-o", "json");
        assertThat(json.status()).isZero();
        JsonObject all = JsonParser.parseObject(json.out());
        assertThat(all.string("kernel")).contains(System.getProperty("os.version"));
        assertThat(all.objects("features")).hasSameSizeAs(FeatureProbe.probeAll().keySet());
        for (JsonObject feature : all.objects("features")) {
            boolean supported = feature.string("state").orElseThrow().equals("yes");
            assertThat(feature.has("reason")).as("%s", feature).isNotEqualTo(supported);
            assertThat(feature.string("purpose")).isPresent();
        }
        assertThat(probe("-o", "yaml").out()).startsWith("kernel: ").contains("- name: ");
        assertThat(probe("-o", "csv").status()).isEqualTo(2);
    }
}
