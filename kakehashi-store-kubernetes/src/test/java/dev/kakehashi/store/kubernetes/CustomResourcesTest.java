package dev.kakehashi.store.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.InvalidObjectException;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.NetworkSpec;
import dev.kakehashi.cluster.Tree;
import dev.kakehashi.cluster.yaml.YamlDocument;
import dev.kakehashi.linux.IpPrefix;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The API server and our own reader judge objects alike. */
@Tag("peers")
class CustomResourcesTest {
    @TempDir static Path directory;
    private static ApiServer server;

    @BeforeAll
    static void startServer() throws Exception {
        server = ApiServer.start(directory);
        Path crds = Files.writeString(directory.resolve("crds.yaml"), CustomResources.yaml());
        server.control("apply", "-f", crds.toString());
        server.control("wait", "--for=condition=Established", "crd", "--all", "--timeout=30s");
    }

    @AfterAll
    static void stopServer() {
        if (server != null) {
            server.close();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    true  | {cidrs: [10.244.0.0/16]}
                    true  | {cidrs: [10.244.0.0/16, "fd00:10::/56"], carrier: host-gw, mtu: 1400}
                    true  | {cidrs: [10.244.0.0/16], nodePrefixLength: 26, masquerade: false}
                    true  | {cidrs: [10.244.0.0/16], vxlan: {vni: 7, port: 4789, directRouting: true}}
                    false | {}
                    false | {cidrs: []}
                    false | {cidrs: [10.244.0.0]}
                    false | {cidrs: [10.244.0.1/16]}
                    false | {cidrs: [nonsense]}
                    false | {cidrs: [10.244.0.0/16, 10.245.0.0/16]}
                    false | {cidrs: [10.244.0.0/25]}
                    false | {cidrs: [10.244.0.0/16], nodePrefixLength: 8}
                    false | {cidrs: ["fd00:10::/96"]}
                    false | {cidrs: [10.244.0.0/16], carrier: pigeon}
                    false | {cidrs: [10.244.0.0/16], mtu: 100}
                    false | {cidrs: [10.244.0.0/16], mtu: "1400"}
                    false | {cidrs: [10.244.0.0/16], masquerade: "yes"}
                    false | {cidrs: [10.244.0.0/16], vxlan: {vni: 0}}
                    false | {cidrs: [10.244.0.0/16], vxlan: 1}
                    false | {cidrs: [10.244.0.0/16], dataplane: ebpf}
                    """)
    void networkSpec_isJudgedAlike(boolean good, String spec) throws Exception {
        String yaml =
                "apiVersion: kakehashi.dev/v1alpha1\nkind: Network\nmetadata: {name: probe}\nspec: "
                        + spec
                        + "\n";
        Path file = Files.writeString(directory.resolve("network.yaml"), yaml);

        ApiServer.Said said = server.kubectl("create", "--dry-run=server", "-f", file.toString());

        assertThat(said.status() == 0).as(said.output()).isEqualTo(good);
        assertThat(isReadable(yaml)).as("our own reader on " + spec).isEqualTo(good);
    }

    /** Of what nobody wrote the columns say what is in force. */
    @Test
    void unwrittenCarrierAndPodLink_areShownAsOurReaderTakesThem() throws Exception {
        Path file =
                Files.writeString(
                        directory.resolve("short.yaml"),
                        """
                        apiVersion: kakehashi.dev/v1alpha1
                        kind: Network
                        metadata: {name: short}
                        spec: {cidrs: [10.244.0.0/16]}
                        """);
        assertThat(server.kubectl("create", "-f", file.toString()).status()).isZero();
        NetworkSpec read = NetworkSpec.of(List.of(IpPrefix.parse("10.244.0.0/16")));

        assertThat(server.kubectl("get", "network", "short", "--no-headers").output())
                .containsPattern("short +\\S+ +%s +%s ".formatted(read.carrier(), read.podLink()));
        assertThat(server.kubectl("delete", "network", "short").status()).isZero();
    }

    @Test
    void whereAddressesComeFrom_isNotChanged() throws Exception {
        Path file =
                Files.writeString(
                        directory.resolve("fixed.yaml"),
                        """
                        apiVersion: kakehashi.dev/v1alpha1
                        kind: Network
                        metadata: {name: fixed}
                        spec: {cidrs: [10.244.0.0/16]}
                        """);
        assertThat(server.kubectl("create", "-f", file.toString()).status()).isZero();

        ApiServer.Said pools = patched("{\"spec\":{\"ipam\":{\"type\":\"pools\"}}}");
        assertThat(pools.status()).isNotZero();
        assertThat(pools.output()).contains("ipam.type cannot be changed");
        assertThat(patched("{\"spec\":{\"ipam\":{\"type\":\"podCIDR\"}}}").status()).isZero();
        assertThat(patched("{\"spec\":{\"carrier\":\"host-gw\"}}").status()).isZero();
        assertThat(server.kubectl("delete", "network", "fixed").status()).isZero();
    }

    private static ApiServer.Said patched(String patch) throws Exception {
        return server.kubectl("patch", "network", "fixed", "--type=merge", "-p", patch);
    }

    private static boolean isReadable(String yaml) {
        try {
            YamlDocument document = YamlDocument.parse("network", yaml);
            Tree tree = document.tree();
            var _ = Kind.NETWORK.decode("network", tree, document.lines());
            return true;
        } catch (InvalidObjectException e) {
            return false;
        }
    }
}
