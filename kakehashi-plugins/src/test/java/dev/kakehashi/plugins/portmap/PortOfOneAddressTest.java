package dev.kakehashi.plugins.portmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.plugins.Calls;
import dev.kakehashi.plugins.EchoServer;
import dev.kakehashi.plugins.PluginBed;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;

/** One port of the host that leads to two ports of a container. */
@KernelTest
class PortOfOneAddressTest {
    @TempDir Path data;

    private static final String ANYWHERE = "{'hostPort': 8080, 'containerPort': 80}";
    private static final String OUTSIDE_V4 =
            "{'hostPort': 8080, 'containerPort': 81, 'hostIP': '192.0.2.1'}";
    private static final String OUTSIDE_V6 =
            "{'hostPort': 8080, 'containerPort': 82, 'hostIP': '2001:db8:ff::1'}";

    private static Calls portmap(PluginBed bed, String backend, String... mappings) {
        return bed.calls(
                "{'cniVersion': '1.1.0', 'name': 'net', 'type': 'portmap', 'backend': '%s', 'runtimeConfig': {'portMappings': [%s]}}"
                        .formatted(backend, String.join(", ", mappings)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"iptables", "nftables"})
    void addressWithAPortOfItsOwn_comesBeforeAllAddresses(String backend, TestNamespaces namespaces)
            throws Exception {
        try (PluginBed bed = PluginBed.create(namespaces)) {
            Netns outside = bed.outside();
            TestNamespaces.run(bed.host(), "ip", "addr", "add", "192.0.2.9/32", "dev", "lo");
            CniResult result =
                    bed.add(
                            bed.calls(
                                    "{'cniVersion': '1.1.0', 'name': 'net', 'type': 'bridge', 'isGateway': true, 'ipam': {'type': 'host-local', %s, 'ranges': [[{'subnet': '10.1.2.0/24'}], [{'subnet': '2001:db8:42::/64'}]], 'routes': [{'dst': '0.0.0.0/0'}, {'dst': '::/0'}]}}"
                                            .formatted(PluginBed.dataDir(data))));
            Calls calls =
                    portmap(bed, backend, ANYWHERE, OUTSIDE_V4, OUTSIDE_V6).prevResult(result);
            bed.add(calls);
            bed.check(calls);
            try (EchoServer _ = EchoServer.in(bed.container(), 80, "everywhere");
                    EchoServer _ = EchoServer.in(bed.container(), 81, "v4");
                    EchoServer _ = EchoServer.in(bed.container(), 82, "v6")) {
                assertThat(EchoServer.tcp(outside, "192.0.2.1", 8080)).contains("v4 192.0.2.2");
                assertThat(EchoServer.tcp(outside, "192.0.2.9", 8080))
                        .contains("everywhere 192.0.2.2");
                assertThat(EchoServer.tcp(outside, "2001:db8:ff::1", 8080))
                        .contains("v6 2001:db8:ff::2");
            }
            bed.del(calls);
            assertThatThrownBy(() ->
                            bed.add(
                                    portmap(
                                                    bed,
                                                    backend,
                                                    ANYWHERE,
                                                    OUTSIDE_V4.replace("192.0.2.1", "0.0.0.0"))
                                            .prevResult(result)))
                    .isInstanceOf(CniException.class)
                    .hasMessageContaining(
                            "host port 8080/tcp is published for two container ports: 80 and 81");
            assertThat(bed.onHost("iptables-save") + bed.onHost("nft", "list", "ruleset"))
                    .doesNotContain("8080");
        }
    }
}
