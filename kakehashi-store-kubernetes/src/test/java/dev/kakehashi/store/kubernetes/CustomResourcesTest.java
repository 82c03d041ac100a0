package dev.kakehashi.store.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.Allocation;
import dev.kakehashi.cluster.AllocationHandle;
import dev.kakehashi.cluster.IpBlock;
import dev.kakehashi.cluster.IpBlockSpec;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.NetworkSpec;
import dev.kakehashi.cluster.store.Store;
import dev.kakehashi.cluster.store.StoreAddress;
import dev.kakehashi.cluster.store.Stores;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** The definitions of our kinds, as an API server takes them. */
@Tag("peers")
class CustomResourcesTest {
    @TempDir static Path directory;
    @RegisterExtension static final ApiServer server = new ApiServer(() -> directory);

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

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    ippool  | pods | {cidr: 10.244.0.0/16} | {"cidr":"10.245.0.0/16"} | cidr cannot be changed
                    ippool  | pods | {cidr: 10.244.0.0/16} | {"blockSize":27} | blockSize cannot be changed
                    ippool  | pods | {cidr: 10.244.0.0/16, blockSize: 28} | {"blockSize":null} | blockSize cannot be changed
                    ippool  | pods | {cidr: 10.244.0.0/16} | {"blockSize":26,"disabled":true} |
                    ippool  | pods | {cidr: "fd00::/64"} | {"blockSize":122} |
                    ippool  | pods | {cidr: 10.244.0.0/28} | {"blockSize":28} |
                    ipblock | 10-0-0-0-26 | {cidr: 10.0.0.0/26, pool: p, network: net, node: a} | {"cidr":"10.0.0.64/26"} | cidr, pool and network of a block cannot be changed
                    ipblock | 10-0-0-0-26 | {cidr: 10.0.0.0/26, pool: p, network: net, node: a} | {"pool":"q"} | cidr, pool and network of a block cannot be changed
                    ipblock | 10-0-0-0-26 | {cidr: 10.0.0.0/26, pool: p, network: net, node: a} | {"node":"b","state":"Confirmed"} |
                    """)
    void whatWouldDoubleAddresses_isNotChanged(
            String kind, String name, String spec, String change, @Nullable String refusal)
            throws Exception {
        Kind<?> of = kind.equals("ippool") ? Kind.IP_POOL : Kind.IP_BLOCK;
        Path file =
                Files.writeString(
                        directory.resolve("unchanged.yaml"),
                        """
                        apiVersion: kakehashi.dev/v1alpha1
                        kind: %s
                        metadata: {name: %s}
                        spec: %s
                        """
                                .formatted(of.singular(), name, spec));
        server.control("create", "-f", file.toString());
        try {
            ApiServer.Said said =
                    server.kubectl(
                            "patch", kind, name, "--type=merge", "-p", "{\"spec\":" + change + "}");

            assertThat(said.status() == 0).as(said.output()).isEqualTo(refusal == null);
            assertThat(said.output()).contains(refusal == null ? "patched" : refusal);
        } finally {
            server.control("delete", kind, name);
        }
    }

    @Test
    void block_showsItsStateAndHowManyAddressesAreInUse() throws Exception {
        IpPrefix cidr = IpPrefix.parse("10.0.0.0/26");
        IpBlock block =
                IpBlock.of(
                        new IpBlockSpec(
                                cidr,
                                "pool",
                                "net",
                                "worker",
                                IpBlockSpec.State.CONFIRMED,
                                1,
                                "",
                                List.of()));
        List<Allocation> two =
                List.of("10.0.0.1", "10.0.0.2").stream()
                        .map(address ->
                                new Allocation(
                                        IpAddresses.parse(address),
                                        new AllocationHandle(address, "eth0", 1),
                                        "worker",
                                        Map.of(),
                                        Instant.EPOCH))
                        .toList();
        try (Store store = Stores.open(StoreAddress.parse(server.address()))) {
            store.create(Kind.IP_BLOCK, block);
            assertThat(shown()).containsPattern("pool +worker +Confirmed +\\d+s");

            store.update(Kind.IP_BLOCK, block.name(), now -> now.withAllocations(two));
            assertThat(shown()).containsPattern("pool +worker +Confirmed +2 +64 ");

            store.update(Kind.IP_BLOCK, block.name(), now -> now.withAllocations(List.of()));
            assertThat(shown()).containsPattern("pool +worker +Confirmed +0 +64 ");
        } finally {
            server.control("delete", "ipblock", block.name());
        }
    }

    private static String shown() throws Exception {
        return server.control("get", "ipblocks", "--no-headers");
    }

    private static ApiServer.Said patched(String patch) throws Exception {
        return server.kubectl("patch", "network", "fixed", "--type=merge", "-p", patch);
    }
}
