package dev.kakehashi.plugins.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Every scenario with the plugins of another maker and with ours, in fresh namespaces: results,
 * errors, and the kernel's state after ADD and after DEL are equal but for the differences that
 * {@link Differences} lists, and each of those is seen.
 */
@Tag("peers")
@KernelTest
class PeersTest {

    private static final Set<Difference> SEEN = new HashSet<>();
    private static int compared;

    static List<Arguments> scenarios() {
        return Stream.of(Maker.values())
                .flatMap(maker ->
                        Scenarios.all().stream()
                                .filter(scenario -> maker.has(scenario))
                                .map(scenario -> Arguments.of(maker, scenario)))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void bothDoTheSame(
            Maker maker, Scenario scenario, TestNamespaces namespaces, @TempDir Path data)
            throws Exception {
        Comparison comparison = Comparison.of(maker, scenario, namespaces, data);
        SEEN.addAll(comparison.explained());
        compared++;
        assertThat(comparison.unexplained()).isEmpty();
    }

    @AfterAll
    static void everyDifferenceThatIsListed_isSeen() throws IOException {
        if (compared == scenarios().size()) {
            boolean rebuilt = Maker.DEBIAN.title().startsWith("Debian 13");
            List<Difference> notSeen = new ArrayList<>(Differences.compared(rebuilt));
            notSeen.removeAll(SEEN);
            assertThat(notSeen.stream().map(Difference::theirs)).isEmpty();
        }
    }
}
