package dev.kakehashi.plugins.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A host changes from the reference plugins to ours, or back, with containers running: what one has
 * made, the other finds right and deletes, and nothing stays.
 */
@Tag("peers")
@KernelTest
class TakeOverTest {

    private static final Path REFERENCE =
            Path.of(System.getProperty("kakehashi.peers", ""), "reference");

    private static final String IPAM =
            "'ipam': {'type': 'host-local', 'dataDir': 'DATA', 'ranges': [[{'subnet':"
                    + " '10.1.2.0/24'}], [{'subnet': '2001:db8:42::/64'}]]}";

    static List<Arguments> cases() {
        return Stream.of(
                        "'type': 'bridge', 'isDefaultGateway': true, 'hairpinMode': true",
                        "'type': 'bridge', 'isGateway': true, 'ipMasq': true, 'ipMasqBackend':"
                                + " 'nftables', 'macspoofchk': true",
                        "'type': 'bridge', 'isGateway': true, 'ipMasq': true, 'ipMasqBackend':"
                                + " 'iptables'",
                        "'type': 'ptp', 'ipMasq': true, 'ipMasqBackend': 'nftables'",
                        "'type': 'ptp', 'ipMasq': true, 'ipMasqBackend': 'iptables'")
                .flatMap(keys -> Stream.of(Arguments.of(keys, true), Arguments.of(keys, false)))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void whatOneMakes_theOtherChecksAndDeletes(
            String keys, boolean toOurs, TestNamespaces namespaces, @TempDir Path data)
            throws Exception {
        assumeThat(REFERENCE.resolve("bridge")).isExecutable();
        Scenario scenario =
                new Scenario(
                        keys,
                        "{'cniVersion': '1.1.0', 'name': 'net', %s, %s}".formatted(keys, IPAM),
                        Map.of(),
                        List.of());
        try (Side side = Side.ofBoth(namespaces, REFERENCE, data, scenario)) {
            String before = side.rules();
            side.require(toOurs ? side.theirs() : side.ours(), CniCommand.ADD);
            assertThat(side.links()).contains("veth");
            assertThat(side.files()).contains("10.1.2.2");

            side.require(toOurs ? side.ours() : side.theirs(), CniCommand.CHECK);
            side.require(toOurs ? side.ours() : side.theirs(), CniCommand.DEL);

            assertThat(side.links()).doesNotContain("veth").doesNotContain("eth0");
            assertThat(side.files()).doesNotContain("10.1.2.2").doesNotContain("2001");
            assertThat(before).doesNotContain("10.1.2.2");
            assertThat(side.rules())
                    .doesNotContain("10.1.2.2")
                    .doesNotContain("CNI-")
                    .doesNotContain("container-1");
        }
    }
}
