package dev.kakehashi.plugins.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What the reference's chained plugins leave in the packet filter, ours find right and take back.
 */
@Tag("peers")
@KernelTest
class FilterTakeOverTest {

    private static final Path REFERENCE =
            Path.of(System.getProperty("kakehashi.peers", ""), "reference");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "portmap, both families",
                "portmap, conditions",
                "portmap, nftables",
                "portmap, nftables with conditions",
                "firewall 1.1.0",
                "firewall, ingress policy isolated"
            })
    void whatTheReferenceMakes_oursCheckAndDelete(
            String name, TestNamespaces namespaces, @TempDir Path data) throws Exception {
        Scenario scenario =
                FilterScenarios.all().stream()
                        .filter(one -> one.name().equals(name))
                        .findFirst()
                        .orElseThrow();
        assumeThat(REFERENCE.resolve(scenario.type())).isExecutable();
        try (Side side = Side.create(namespaces, Optional.of(REFERENCE), data, scenario)) {
            side.prepare();
            side.require(side.theirs(), CniCommand.ADD);
            assertThat(side.rules()).contains("10.1.2.2");

            side.require(side.ours(), CniCommand.CHECK);
            side.require(side.ours(), CniCommand.DEL);

            assertThat(side.rules())
                    .doesNotContain("10.1.2.2")
                    .doesNotContain("2001:db8:42::2")
                    .doesNotContain("CNI-DN-")
                    .doesNotContain("container-1");
        }
    }
}
