package dev.kakehashi.plugins.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * As {@link PeersTest}, for plugins whose interfaces not every kernel makes: in the virtual
 * machine, whose kernel does.
 */
@Tag("vm")
@KernelTest
class VirtualMachinePeersTest {

    /** An emulated processor takes seconds for each: of every plugin those that reach furthest. */
    private static final Set<String> SAMPLE =
            Set.of("vlan, both families", "ipvlan, l3, mtu", "dummy 1.1.0");

    static List<Scenario> sample() {
        return RareLinkScenarios.all().stream()
                .filter(scenario -> SAMPLE.contains(scenario.name()))
                .toList();
    }

    static List<Scenario> all() {
        return RareLinkScenarios.all();
    }

    @ParameterizedTest
    @MethodSource("sample")
    void bothDoTheSame(Scenario scenario, TestNamespaces namespaces, @TempDir Path data)
            throws Exception {
        compare(scenario, namespaces, data);
    }

    @Tag("soak")
    @ParameterizedTest
    @MethodSource("all")
    void bothDoTheSameInAll(Scenario scenario, TestNamespaces namespaces, @TempDir Path data)
            throws Exception {
        compare(scenario, namespaces, data);
    }

    private static void compare(Scenario scenario, TestNamespaces namespaces, Path data)
            throws Exception {
        assertThat(Comparison.of(Maker.REFERENCE, scenario, namespaces, data).unexplained())
                .isEmpty();
    }
}
