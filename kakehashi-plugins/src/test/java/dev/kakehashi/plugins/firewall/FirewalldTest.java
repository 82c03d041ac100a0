package dev.kakehashi.plugins.firewall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.plugins.Calls;
import dev.kakehashi.plugins.PluginBed;
import dev.kakehashi.plugins.ReferencePlugin;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Path;

/** A host whose packet filter is firewalld's, with packets. */
@Tag("peers")
@KernelTest
class FirewalldTest {

    private static final String V4 = "10.88.1.2/32";
    private static final String V6 = "2001:db8:88:1::2/128";

    @TempDir Path data;
    @RegisterExtension final PluginBed bed = PluginBed.ofEachTest();
    private Reach reach;
    private FirewalldDaemon firewalld;
    private CniResult attached;

    @BeforeEach
    void startFirewalld() throws Exception {
        Netns outside = bed.outside();
        TestNamespaces.run(outside, "ip", "route", "add", "10.88.0.0/16", "via", "192.0.2.1");
        TestNamespaces.run(
                outside, "ip", "-6", "route", "add", "2001:db8:88::/48", "via", "2001:db8:ff::1");
        reach = new Reach(bed.container(), outside);
        firewalld = FirewalldDaemon.start(bed.host(), data);
        attached =
                bed.add(
                        bed.calls(
                                "{'cniVersion': '1.1.0', 'name': 'net', 'type': 'bridge', 'bridge':"
                                        + " 'br1', 'isDefaultGateway': true, 'ipam': {'type':"
                                        + " 'host-local', "
                                        + PluginBed.dataDir(data)
                                        + ", 'ranges': [[{'subnet': '10.88.1.0/24'}], [{'subnet':"
                                        + " '2001:db8:88:1::/64'}]]}}"));
    }

    @AfterEach
    void stopFirewalld() throws Exception {
        if (firewalld != null) {
            firewalld.close();
        }
    }

    private Calls firewall(String keys) {
        return bed.calls("{'cniVersion': '1.1.0', 'name': 'net', 'type': 'firewall'" + keys + "}")
                .set("DBUS_SYSTEM_BUS_ADDRESS", firewalld.address())
                .prevResult(attached);
    }

    @Test
    void containerReachesOut_fromAddToDel() throws Exception {
        Calls calls = firewall(", 'backend': 'firewalld'");
        bed.status(calls);
        reach.is(false, false);

        assertThat(bed.add(calls)).isEqualTo(attached);
        bed.check(calls);
        reach.is(true, false);
        assertThat(firewalld.has("trusted", V4)).isTrue();
        assertThat(firewalld.has("trusted", V6)).isTrue();
        bed.add(calls);

        bed.del(calls);
        reach.is(false, false);
        assertThat(firewalld.has("trusted", V4)).isFalse();
        assertThat(firewalld.has("trusted", V6)).isFalse();
        bed.del(calls);
        assertThatThrownBy(() -> bed.check(calls))
                .isInstanceOf(CniException.class)
                .hasMessageContaining("is not in trusted zone");
    }

    @Test
    void firewalldThatRuns_isTheDefault_andItsZoneCanBeChosen() throws Exception {
        Calls calls = firewall(", 'firewalldZone': 'containers'");
        bed.add(calls);
        reach.is(true, false);
        assertThat(firewalld.has("containers", V4)).isTrue();
        assertThat(bed.onHost("iptables-save", "-t", "filter")).doesNotContain("10.88.1.2");

        bed.del(calls);
        reach.is(false, false);
        assertThat(firewalld.has("containers", V4)).isFalse();
    }

    @Test
    void zoneThatIsNone_isAnError() throws Exception {
        Calls calls = firewall(", 'backend': 'firewalld', 'firewalldZone': 'nozone'");
        assertThatThrownBy(() -> bed.add(calls))
                .isInstanceOf(CniException.class)
                .hasMessageContaining("failed to add the address " + V4 + " to nozone zone")
                .hasMessageContaining("INVALID_ZONE: nozone");
        bed.del(calls);
    }

    @Test
    void addressOfAnotherZone_isAnErrorThatLeavesNothing() throws Exception {
        firewalld.bind("work", V6);
        Calls calls = firewall(", 'backend': 'firewalld'");
        assertThatThrownBy(() -> bed.add(calls))
                .isInstanceOf(CniException.class)
                .hasMessageContaining(V6)
                .hasMessageContaining("ZONE_CONFLICT");
        assertThat(firewalld.has("trusted", V4)).as("what was added before").isFalse();
        bed.del(calls);
        assertThat(firewalld.has("work", V6)).as("the administrator's").isTrue();
    }

    @Test
    void reload_takesContainersOut_whichCheckSees() throws Exception {
        Calls calls = firewall(", 'backend': 'firewalld'");
        bed.add(calls);
        firewalld.reload();
        reach.is(false, false);
        assertThatThrownBy(() -> bed.check(calls)).isInstanceOf(CniException.class);

        bed.add(calls);
        bed.check(calls);
        reach.is(true, false);
    }

    @Test
    void containers_changeHandsWithTheReference() throws Exception {
        ReferencePlugin reference = ReferencePlugin.of("firewall");
        Calls calls = firewall(", 'backend': 'firewalld'");
        call(reference, calls, CniCommand.ADD);
        bed.check(calls);
        bed.del(calls);
        assertThat(firewalld.has("trusted", V4)).isFalse();

        bed.add(calls);
        call(reference, calls, CniCommand.CHECK);
        call(reference, calls, CniCommand.DEL);
        assertThat(firewalld.has("trusted", V4)).isFalse();
        assertThat(firewalld.has("trusted", V6)).isFalse();
    }

    private CniResult attach(String network, int number, String container, Netns netns)
            throws Exception {
        return bed.add(
                bed.calls(
                                "{'cniVersion': '1.1.0', 'name': '%s', 'type': 'bridge', 'bridge': 'br%d', 'isDefaultGateway': true, 'ipam': {'type': 'host-local', %s, 'ranges': [[{'subnet': '10.88.%d.0/24'}], [{'subnet': '2001:db8:88:%d::/64'}]]}}"
                                        .formatted(
                                                network,
                                                number,
                                                PluginBed.dataDir(data),
                                                number,
                                                number))
                        .container(container, "eth0")
                        .set("CNI_NETNS", PluginBed.path(netns)));
    }

    private static boolean pings(Netns from, String address) throws Exception {
        try {
            TestNamespaces.run(from, "ping", "-n", "-c", "1", "-W", "1", address);
            return true;
        } catch (AssertionError e) {
            return false;
        }
    }

    @Test
    void bridgesAreKeptApart_untilTheLastContainerGoes() throws Exception {
        String keys = ", 'backend': 'firewalld', 'ingressPolicy': 'same-bridge'";
        Netns stranger = bed.anotherContainer();
        CniResult other = attach("other", 2, "stranger", stranger);
        Calls third =
                bed.calls(
                                "{'cniVersion': '1.1.0', 'name': 'other', 'type': 'firewall'"
                                        + keys
                                        + "}")
                        .set("DBUS_SYSTEM_BUS_ADDRESS", firewalld.address())
                        .container("stranger", "eth0")
                        .prevResult(other);
        bed.add(third);
        Netns neighbour = bed.anotherContainer();
        Calls second =
                firewall(keys)
                        .container("neighbour", "eth0")
                        .prevResult(attach("net", 1, "neighbour", neighbour));
        assertThat(pings(stranger, "10.88.1.2")).as("only one bridge is kept apart").isTrue();
        Calls first = firewall(keys);
        bed.add(first);
        bed.add(second);
        bed.check(first);
        bed.check(second);
        assertThat(pings(stranger, "10.88.1.2")).isFalse();
        assertThat(pings(stranger, "2001:db8:88:1::2")).isFalse();
        assertThat(pings(bed.container(), "10.88.1.3")).as("a neighbour").isTrue();
        assertThat(pings(bed.container(), "192.0.2.2")).isTrue();

        bed.del(first);
        bed.check(second);
        assertThat(pings(stranger, "10.88.1.3")).as("one is left").isFalse();
        bed.gc(bed.gcCalls("{'cniVersion': '1.1.0', 'name': 'net', 'type': 'firewall'}"));
        assertThat(pings(stranger, "10.88.1.3")).as("after GC, which spares firewalld").isTrue();
        bed.add(second);
        bed.check(second);
        bed.del(second);
        bed.check(third);
        assertThat(bed.onHost("nft", "list", "table", "inet", "kakehashi_firewall"))
                .doesNotContain("br1", "10.88.1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "flush chain inet kakehashi_firewall CNI-ISOLATION-STAGE-1",
                "flush chain inet kakehashi_firewall CNI-ISOLATION-STAGE-2",
                "flush chain inet kakehashi_firewall forward",
                "delete table inet kakehashi_firewall"
            })
    void check_seesThatABridgeIsNotKeptApart_andAddHealsIt(String damage) throws Exception {
        Calls calls = firewall(", 'backend': 'firewalld', 'ingressPolicy': 'isolated'");
        bed.add(calls);
        bed.check(calls);
        bed.onHost("nft", damage);
        assertThatThrownBy(() -> bed.check(calls))
                .isInstanceOf(CniException.class)
                .hasMessageContaining("containers are not kept apart as ADD left them");
        bed.add(calls);
        bed.check(calls);
    }

    @Test
    void check_findsTheReferencesIsolation() throws Exception {
        Calls calls = firewall(", 'backend': 'firewalld', 'ingressPolicy': 'isolated'");
        call(ReferencePlugin.of("firewall"), calls, CniCommand.ADD);
        bed.check(calls);
        bed.onHost("iptables", "-F", "CNI-ISOLATION-STAGE-2");
        assertThatThrownBy(() -> bed.check(calls))
                .isInstanceOf(CniException.class)
                .hasMessageContaining("containers are not kept apart as ADD left them");
    }

    private void call(ReferencePlugin reference, Calls calls, CniCommand command)
            throws IOException {
        ReferencePlugin.Outcome outcome =
                bed.host()
                        .<ReferencePlugin.Outcome, IOException>call(() -> {
                            try {
                                return reference.run(calls.request(command));
                            } catch (InterruptedException e) {
                                throw new IOException(e);
                            }
                        });
        assertThat(outcome.status()).as(outcome.stdout()).isZero();
    }
}
