package dev.kakehashi.cluster.ipam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.cni.plugin.ProcessDelegator;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.linux.IpPrefix;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

class KakehashiIpamTest {
    private static final IpPrefix BLOCK = IpPrefix.parse("10.0.0.8/29");

    @TempDir Path state;

    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private KakehashiIpam plugin =
            KakehashiIpam.of(Ledgers.in(Path.of("")), InstantSource.system());

    @BeforeEach
    void holdOneBlock() throws Exception {
        Ledgers ledgers = Ledgers.in(state);
        plugin = KakehashiIpam.of(ledgers, InstantSource.system());
        PoolRules all = SmallPools.pool("all", "10.0.0.0/24");
        PoolRules red = SmallPools.only("red", "red", "10.1.0.0/24");
        ledgers.of("pods")
                .change(ledger ->
                        ledger.withPools(List.of(all, red)).with(SmallPools.block("all", BLOCK)));
    }

    private PluginRequest request(CniCommand command, String container, String more)
            throws Exception {
        String config =
                "{\"cniVersion\": \"1.1.0\", \"name\": \"pods\", \"type\": \"bridge\", \"ipam\":"
                        + " {\"type\": \"kakehashi-ipam\", \"node\": \"a\", \"routes\": [{\"dst\":"
                        + " \"0.0.0.0/0\"}]}"
                        + more
                        + "}";
        return PluginRequest.of(
                command,
                Map.of(
                        "CNI_CONTAINERID",
                        container,
                        "CNI_IFNAME",
                        "eth0",
                        "CNI_ARGS",
                        "IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=cart"),
                (JsonObject) JsonParser.parse(config),
                ProcessDelegator.create(),
                new PrintStream(log, true, StandardCharsets.UTF_8));
    }

    private CniResult add(String container) throws Exception {
        return plugin.add(request(CniCommand.ADD, container, ""));
    }

    private static String address(CniResult result) {
        return result.ips().getFirst().address().toString();
    }

    @Test
    void add_givesAnAddressOfTheBlockWithItsGatewayAndTheRoutes() throws Exception {
        CniResult result = add("c1");

        assertThat(address(result)).isEqualTo("10.0.0.10/29");
        assertThat(result.ips().getFirst().gateway().orElseThrow().getHostAddress())
                .isEqualTo("10.0.0.9");
        assertThat(result.routes()).hasSize(1);
        assertThat(add("c1")).as("the same call again").isEqualTo(result);
        assertThat(address(add("c2"))).isEqualTo("10.0.0.11/29");
        Given given = Ledgers.in(state).of("pods").read().of("c1", "eth0").getFirst();
        assertThat(given.allocation().attributes()).containsEntry("pod", "shop/cart");
    }

    @Test
    void del_takesItBackAsOftenAsItIsCalled() throws Exception {
        add("c1");
        plugin.del(request(CniCommand.DEL, "c1", ""));
        plugin.del(request(CniCommand.DEL, "c1", ""));
        plugin.del(request(CniCommand.DEL, "never", ""));

        assertThat(Ledgers.in(state).of("pods").read().given()).isEmpty();
    }

    @Test
    void noAddressLeft_isTryAgainLaterWithTheReason() throws Exception {
        for (int i = 0; i < 5; i++) {
            add("c" + i);
        }
        CniException full = catchThrowableOfType(CniException.class, () -> add("more"));

        assertThat(full.code()).isEqualTo(CniException.TRY_AGAIN_LATER);
        assertThat(full.msg())
                .startsWith("kakehashi-ipam: this node has no free address: pool all")
                .contains("5 in use");
        CniException status =
                catchThrowableOfType(
                        CniException.class,
                        () -> plugin.status(request(CniCommand.STATUS, "", "")));
        assertThat(status.code()).isEqualTo(CniException.PLUGIN_NOT_AVAILABLE);
    }

    @Test
    void aPoolNotForTheNamespace_isRefused() throws Exception {
        String chosen =
                ", \"runtimeConfig\": {\"io.kubernetes.cri.pod-annotations\": {\"kakehashi.dev/pools\": \"%s\"}}";
        for (String pool : List.of("red", "none")) {
            CniException refused =
                    catchThrowableOfType(
                            CniException.class,
                            () ->
                                    plugin.add(
                                            request(
                                                    CniCommand.ADD,
                                                    "c",
                                                    chosen.replace("%s", pool))));
            assertThat(refused.code()).isEqualTo(CniException.INVALID_CONFIG);
        }
        assertThat(address(plugin.add(request(CniCommand.ADD, "c", chosen.replace("%s", "all")))))
                .isEqualTo("10.0.0.10/29");
    }

    @Test
    void fixedAddress_isGiven() throws Exception {
        String ips = ", \"runtimeConfig\": {\"ips\": [\"10.0.0.13\"]}";

        assertThat(address(plugin.add(request(CniCommand.ADD, "c", ips))))
                .isEqualTo("10.0.0.13/29");
        CniException inUse = refused("d", ips);
        assertThat(inUse.code()).isEqualTo(CniException.TRY_AGAIN_LATER);
        assertThat(inUse.msg()).isEqualTo("kakehashi-ipam: 10.0.0.13 is in use by c/eth0/1");
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.13 10.0.0.14, were asked for; a pod gets one IPv4 address",
        "fd00::a,             no IPPool that this node may use has IPv6 addresses",
        "10.1.0.10,           10.1.0.10 is of pool red",
        "192.0.2.1,           192.0.2.1 is in no IPPool that this node may use",
        "10.0.0.9,            10.0.0.9 is an address of the link itself",
        "10.0.0.77,           10.0.0.77 is not in a block of this node"
    })
    void fixedAddress_thatThePodCannotHave_isRefused(String asked, String reason) throws Exception {
        String ips = ", \"runtimeConfig\": {\"ips\": [\"" + asked.replace(" ", "\", \"") + "\"]}";
        CniException refused = refused("c", ips);

        assertThat(refused.code()).isEqualTo(CniException.INVALID_CONFIG);
        assertThat(refused.msg()).contains(reason);
        assertThat(Ledgers.in(state).of("pods").read().given()).isEmpty();
    }

    private static String annotated(String addresses) {
        return ", \"runtimeConfig\": {\"io.kubernetes.cri.pod-annotations\":"
                + " {\"kakehashi.dev/addresses\": "
                + addresses
                + "}}";
    }

    @Test
    void fixedAddressByAnnotation_isGivenUnlessTheRuntimeNamesAnother() throws Exception {
        assertThat(address(plugin.add(request(CniCommand.ADD, "c", annotated("\"10.0.0.13\"")))))
                .isEqualTo("10.0.0.13/29");
        String both =
                annotated("\"10.0.0.13\"") + ", \"args\": {\"cni\": {\"ips\": [\"10.0.0.12\"]}}";
        assertThat(address(plugin.add(request(CniCommand.ADD, "d", both))))
                .isEqualTo("10.0.0.12/29");
    }

    @Test
    void fixedAddressByAnnotation_thatIsNone_isRefused() throws Exception {
        CniException none = refused("c", annotated("\"10.0.0.300\""));
        CniException ofAnotherPool = refused("c", annotated("\"10.1.0.10\""));
        CniException noText = refused("c", annotated("[\"10.0.0.13\"]"));

        assertThat(none.code()).isEqualTo(CniException.INVALID_CONFIG);
        assertThat(none.msg())
                .isEqualTo(
                        "kakehashi-ipam: annotation kakehashi.dev/addresses: '10.0.0.300' is no IP"
                                + " address");
        assertThat(ofAnotherPool.code()).isEqualTo(CniException.INVALID_CONFIG);
        assertThat(noText.code()).isEqualTo(CniException.DECODING_FAILURE);
        assertThat(noText.msg()).contains("kakehashi.dev/addresses");
        assertThat(Ledgers.in(state).of("pods").read().given()).isEmpty();
    }

    private CniException refused(String container, String more) {
        return catchThrowableOfType(
                CniException.class, () -> plugin.add(request(CniCommand.ADD, container, more)));
    }

    @Test
    void gc_takesBackWhatIsNotValidAndNamesIt() throws Exception {
        add("dead");
        add("alive");
        plugin.gc(
                request(
                        CniCommand.GC,
                        "",
                        ", \"cni.dev/valid-attachments\": [{\"containerID\": \"alive\","
                                + " \"ifname\": \"eth0\"}]"));

        Ledger ledger = Ledgers.in(state).of("pods").read();
        assertThat(ledger.of("dead", "eth0")).isEmpty();
        assertThat(ledger.of("alive", "eth0")).hasSize(1);
        assertThat(log.toString(StandardCharsets.UTF_8))
                .contains("took back the addresses of dead/eth0/1");
    }

    @Test
    void damagedLedger_isAnErrorAndNotAnEmptyOne() throws Exception {
        Path file = state.resolve("ipam/pods/ledger.json");
        Files.writeString(file, "{");
        CniException failed = catchThrowableOfType(CniException.class, () -> add("c"));

        assertThat(failed.code()).isEqualTo(CniException.IO_FAILURE);
        assertThat(failed.msg()).contains("is damaged");
        assertThat(file).hasContent("{");
    }
}
