package dev.kakehashi.plugins.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.plugins.Calls;
import dev.kakehashi.plugins.PluginBed;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;

/** Masquerade and spoof check with packets; GC of links, rules and addresses. */
@KernelTest
class BridgeRulesTest {

    private static final String DUAL_STACK =
            "[{'subnet': '10.1.2.0/24'}], [{'subnet': '2001:db8:42::/64'}]";

    @TempDir Path data;
    @RegisterExtension final PluginBed bed = PluginBed.ofEachTest();

    private static String config(String keys) {
        return "{'cniVersion': '1.1.0', 'name': 'net', 'type': 'bridge', 'bridge': 'bridge0'%s}"
                .formatted(keys);
    }

    private Calls calls(String keys) {
        return bed.calls(config(keys));
    }

    private String hostLocal() {
        return ", 'isDefaultGateway': true, 'ipam': {'type': 'host-local', %s, 'ranges': [%s]}"
                .formatted(PluginBed.dataDir(data), DUAL_STACK);
    }

    private String nat() throws Exception {
        return bed.onHost("iptables-save", "-t", "nat") + bed.onHost("ip6tables-save", "-t", "nat");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "iptables", "nftables"})
    void ipMasq_hidesTheContainerFromOutside_untilDel(String backend) throws Exception {
        Netns outside = bed.outside();
        bed.add(calls(hostLocal()).container("open", "eth0"));
        assertThatThrownBy(() -> bed.ping("192.0.2.2")).isInstanceOf(AssertionError.class);
        bed.del(calls(hostLocal()).container("open", "eth0"));
        String keys =
                ", 'ipMasq': true"
                        + (backend.isEmpty() ? "" : ", 'ipMasqBackend': '" + backend + "'")
                        + hostLocal();

        bed.add(calls(keys));

        bed.ping("192.0.2.2");
        bed.ping("2001:db8:ff::2");
        // Inside of the subnet nothing is translated: the bridge's own address sees the
        // container's.
        bed.ping("10.1.2.1");
        assertThat(TestNamespaces.run(outside, "ip", "route", "get", "192.0.2.1")).isNotEmpty();
        assertThat(nat().contains("CNI-")).isEqualTo(!backend.equals("nftables"));

        bed.del(calls(keys).set("CNI_NETNS", "/run/netns/gone"));

        assertThat(nat()).doesNotContain("CNI-");
        assertThat(bed.onHost("nft", "list", "ruleset"))
                .doesNotContain("10.1.2.")
                .doesNotContain("dummy");
    }

    @Test
    void ipMasq_unknownBackend_isRefusedAndLeavesNothing() throws Exception {
        assertThatThrownBy(() ->
                        bed.add(calls(", 'ipMasq': true, 'ipMasqBackend': 'x'" + hostLocal())))
                .isInstanceOf(CniException.class)
                .hasMessage("unknown ipmasq backend \"x\"");
        assertThat(bed.containerLink("eth0")).isEmpty();
        assertThat(data.resolve("net").toFile().list())
                .containsExactlyInAnyOrder("lock", "last_reserved_ip.0", "last_reserved_ip.1");
    }

    /** The reference names its chain by network and container only. */
    @ParameterizedTest
    @ValueSource(strings = {"iptables", "nftables"})
    void ipMasq_ofTwoInterfacesOfOneContainer_goesOneByOne(String backend) throws Exception {
        bed.outside();
        String keys =
                ", 'ipMasq': true, 'ipMasqBackend': '%s'".formatted(backend)
                        + hostLocal().replace("isDefaultGateway", "isGateway");
        CniResult first = bed.add(calls(keys).container("one", "eth0"));
        Calls second = calls(keys).container("one", "eth1");
        CniResult result = bed.add(second);
        bed.del(calls(keys).container("one", "eth0").prevResult(first));

        bed.check(calls(keys).container("one", "eth1").prevResult(result));
        bed.inContainer("ip", "route", "add", "default", "via", "10.1.2.1");
        bed.ping("192.0.2.2");
        bed.del(second);
        assertThat(nat()).doesNotContain("CNI-");
    }

    @Test
    void macspoofchk_dropsForeignSenders() throws Exception {
        String keys = ", 'macspoofchk': true" + hostLocal();
        bed.add(calls(keys));
        bed.ping("10.1.2.1");
        assertThat(bed.onHost("nft", "list", "table", "bridge", "nat"))
                .contains("cni-br-iface-dummy-eth0-mac")
                .contains("macspoofchk-dummy-eth0");

        bed.inContainer("ip", "link", "set", "eth0", "address", "02:00:00:00:00:01");
        assertThatThrownBy(() -> bed.ping("10.1.2.1")).isInstanceOf(AssertionError.class);

        bed.del(calls(keys).set("CNI_NETNS", ""));
        assertThat(bed.onHost("nft", "list", "ruleset")).doesNotContain("dummy");
    }

    @ParameterizedTest
    @ValueSource(strings = {"iptables", "nftables"})
    void gc_removesWhatIsNotValid(String backend) throws Exception {
        String keys =
                ", 'macspoofchk': true, 'ipMasq': true, 'ipMasqBackend': '%s'".formatted(backend)
                        + hostLocal();
        Netns other = bed.anotherContainer();
        String gone =
                bed.add(
                                calls(keys)
                                        .container("dead", "eth0")
                                        .set("CNI_NETNS", PluginBed.path(other)))
                        .interfaces()
                        .get(1)
                        .name();
        CniResult living = bed.add(calls(keys).container("alive", "eth0"));
        // What is of another network stays.
        String elsewhere = config(keys).replace("'net'", "'second'").replace("bridge0", "bridge1");
        Netns third = bed.anotherContainer();
        CniResult foreign =
                bed.add(
                        bed.calls(elsewhere.replace("10.1.2.", "10.1.3.").replace("42::", "43::"))
                                .container("foreign", "eth0")
                                .set("CNI_NETNS", PluginBed.path(third)));

        bed.gc(bed.gcCalls(config(keys), "alive", "eth0"));

        assertThat(bed.hostLink(gone)).isEmpty();
        assertThat(bed.hostLink(foreign.interfaces().get(1).name())).isPresent();
        bed.check(calls(keys).container("alive", "eth0").prevResult(living));
        bed.ping("10.1.2.1");
        assertThat(data.resolve("net").toFile().list())
                .contains("10.1.2.3")
                .doesNotContain("10.1.2.2");
        assertThat(data.resolve("second").toFile().list()).contains("10.1.3.2");
        String rules = bed.onHost("nft", "list", "ruleset");
        assertThat(rules).doesNotContain(gone).contains("10.1.2.3").contains("10.1.3.2");
        assertThat(rules).doesNotContain("saddr 10.1.2.2 ");

        bed.gc(bed.gcCalls(config(keys)));
        assertThat(bed.hostLink(living.interfaces().get(1).name())).isEmpty();
        assertThat(data.resolve("net").toFile().list()).doesNotContain("10.1.2.3");
    }

    @Test
    void gc_withoutTheList_removesNothing() throws Exception {
        String keys = ", 'ipMasq': true" + hostLocal();
        CniResult result = bed.add(calls(keys));
        assertThatThrownBy(() -> bed.gc(calls(keys)))
                .isInstanceOfSatisfying(CniException.class, e -> assertThat(e.code()).isEqualTo(7));
        bed.check(calls(keys).prevResult(result));
    }
}
