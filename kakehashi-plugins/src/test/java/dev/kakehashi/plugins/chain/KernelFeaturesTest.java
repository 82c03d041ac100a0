package dev.kakehashi.plugins.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.linux.probe.FeatureProbe;
import dev.kakehashi.linux.probe.Features;
import dev.kakehashi.plugins.Calls;
import dev.kakehashi.plugins.PluginBed;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;

/** STATUS says what this kernel cannot do, whichever one it is. */
@KernelTest
class KernelFeaturesTest {

    private static final String IPAM =
            ", 'ipam': {'type': 'static', 'addresses': [{'address': '192.0.2.9/24'}]}";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
                    vlan      | vlan                  | , 'master': 'outside', 'vlanId': 5
                    macvlan   | macvlan               | , 'master': 'outside'
                    ipvlan    | ipvlan                | , 'master': 'outside'
                    dummy     | dummy                 | ""
                    vrf       | vrf                   | , 'vrfname': 'blue'
                    sbr       | policy-routing        | ""
                    bandwidth | ifb                   | , 'egressRate': 8000, 'egressBurst': 8000
                    bridge    | bridge-vlan-filtering | , 'vlan': 5
                    bridge    | bridge-port-isolation | , 'portIsolation': true
                    bridge    | nft-bridge            | , 'macspoofchk': true
                    portmap   | nft-fib               | , 'backend': 'nftables'
                    """)
    void status_isWhatTheKernelSays(
            String type, String feature, String keys, @TempDir Path root, TestNamespaces namespaces)
            throws Exception {
        try (PluginBed bed = PluginBed.below(root, namespaces)) {
            bed.outside();
            Calls calls =
                    bed.calls(
                            "{'cniVersion': '1.1.0', 'name': 'net', 'type': '%s'%s%s}"
                                    .formatted(type, keys, IPAM));
            if (FeatureProbe.probe(Features.named(feature).orElseThrow()).isSupported()) {
                bed.status(calls);
                bed.status(calls);
            } else {
                assertThatThrownBy(() -> bed.status(calls))
                        .isInstanceOfSatisfying(
                                CniException.class, e -> assertThat(e.code()).isEqualTo(50))
                        .hasMessageContaining("the kernel lacks " + feature);
            }
        }
    }
}
