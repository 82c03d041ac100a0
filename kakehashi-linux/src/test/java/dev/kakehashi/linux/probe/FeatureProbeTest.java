package dev.kakehashi.linux.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

@KernelTest
class FeatureProbeTest {
    @Test
    void probeAll_answersForEachAndKnowsTheBasics() {
        Map<Feature, FeatureResult> results = FeatureProbe.probeAll();
        results.forEach((feature, result) -> System.out.println(feature + ": " + result));
        assertThat(results).hasSize(Features.ALL.size());
        assertThat(results.values()).noneMatch(r -> r instanceof FeatureResult.Unknown);
        for (String basic : List.of("veth", "bridge", "policy-routing", "packet-socket")) {
            assertThat(results)
                    .containsEntry(
                            Features.named(basic).orElseThrow(), new FeatureResult.Supported());
        }
    }

    /**
     * The judgement of another program: what iproute2 can make, the probe calls supported, and
     * nothing else.
     */
    @Test
    void linkKinds_agreeWithIproute2(TestNamespaces namespaces) throws Exception {
        List<String> disagreements = new ArrayList<>();
        for (String kind :
                List.of("veth", "bridge", "dummy", "ifb", "wireguard", "vxlan", "ipip")) {
            Netns netns = namespaces.create();
            boolean byIp;
            try {
                List<String> command =
                        new ArrayList<>(List.of("ip", "link", "add", "x", "type", kind));
                // Without these ipip would be the tunl0 that is there already, and vxlan refuses.
                switch (kind) {
                    case "ipip" -> command.addAll(List.of("local", "192.0.2.1"));
                    case "vxlan" -> command.addAll(List.of("id", "1", "dstport", "8472"));
                    default -> {}
                }
                String unused = TestNamespaces.run(netns, command.toArray(String[]::new));
                byIp = unused.isEmpty();
            } catch (AssertionError e) {
                byIp = false;
            }
            boolean byProbe = FeatureProbe.probe(Features.named(kind).orElseThrow()).isSupported();
            if (byIp != byProbe) {
                disagreements.add(kind + ": ip says " + byIp + ", the probe " + byProbe);
            }
        }
        assertThat(disagreements).isEmpty();
    }

    @Test
    void probe_refusals_areToldApart() {
        Feature missing = failing(Errno.EOPNOTSUPP);
        assertThat(FeatureProbe.probe(missing))
                .isInstanceOfSatisfying(
                        FeatureResult.Missing.class,
                        m -> assertThat(m.errno()).isEqualTo(Errno.EOPNOTSUPP.number()));
        assertThat(FeatureProbe.probe(failing(Errno.EPERM)))
                .isInstanceOf(FeatureResult.Unknown.class)
                .asString()
                .contains("run as root");
    }

    @Test
    void names_areUniqueAndInTheUsualForm() {
        assertThat(Features.ALL).extracting(Feature::name).doesNotHaveDuplicates();
        assertThat(Features.ALL).allMatch(f -> f.name().matches("[a-z0-9-]+"));
        assertThat(Features.named("no-such-feature")).isEmpty();
    }

    private static Feature failing(Errno errno) {
        return new Feature(
                "test",
                "nothing",
                "nothing",
                _ -> {
                    throw new LinuxException(errno.number(), "test", "");
                });
    }
}
