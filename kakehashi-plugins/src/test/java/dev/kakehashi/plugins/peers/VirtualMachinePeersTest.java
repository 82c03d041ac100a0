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

/**
 * As {@link PeersTest}, for plugins whose interfaces not every kernel makes: in the virtual
 * machine, whose kernel does.
 */
@Tag("vm")
@Tag("soak")
@KernelTest
class VirtualMachinePeersTest {

    static List<Scenario> scenarios() {
        return RareLinkScenarios.all();
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void bothDoTheSame(Scenario scenario, TestNamespaces namespaces, @TempDir Path data)
            throws Exception {
        assertThat(Comparison.of(Maker.REFERENCE, scenario, namespaces, data).unexplained())
                .isEmpty();
    }
}
