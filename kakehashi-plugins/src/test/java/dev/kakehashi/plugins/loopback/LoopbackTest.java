package dev.kakehashi.plugins.loopback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.CniVersion;
import dev.kakehashi.cni.result.CniInterface;
import dev.kakehashi.cni.result.CniIp;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.plugins.Calls;
import dev.kakehashi.plugins.PluginBed;
import dev.kakehashi.testing.KernelTest;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.stream.Stream;

@KernelTest
class LoopbackTest {

    @RegisterExtension final PluginBed bed = PluginBed.ofEachTest();

    private Calls calls(String version) {
        return bed.calls(
                "{'cniVersion': '%s', 'name': 'lo', 'type': 'loopback'}".formatted(version));
    }

    static Stream<String> versions() {
        return CniVersion.ALL.stream().map(CniVersion::toString);
    }

    @ParameterizedTest
    @MethodSource("versions")
    void add_bringsLoUp_delDown(String version) throws Exception {
        Calls calls = calls(version);
        assertThatThrownBy(() -> bed.check(calls)).hasMessage("loopback interface is down");
        assertThatThrownBy(() -> bed.ping("127.0.0.1")).isInstanceOf(AssertionError.class);

        CniResult result = bed.add(calls);

        bed.ping("127.0.0.1");
        bed.ping("::1");
        bed.check(calls);
        assertThat(result.ips().stream().map(ip -> ip.address().toString()))
                .containsExactly("127.0.0.1/8", "::1/128");
        if (!result.interfaces().isEmpty()) {
            assertThat(result.interfaces())
                    .containsExactly(
                            CniInterface.inContainer(
                                    "lo", "00:00:00:00:00:00", PluginBed.path(bed.container())));
            assertThat(result.ips()).allMatch(ip -> ip.interfaceIndex().orElse(-1) == 0);
        }
        bed.add(calls);

        bed.del(calls);
        assertThat(bed.containerLink("lo").orElseThrow().isUp()).isFalse();
        bed.del(calls);
    }

    @Test
    void add_afterAnotherPlugin_passesItsResultOn() throws Exception {
        CniResult previous = bed.add(calls("1.0.0"));
        bed.del(calls("1.0.0"));
        CniResult changed = previous.withIps(previous.ips().subList(0, 1));
        CniResult result = bed.add(calls("1.0.0").prevResult(changed));
        assertThat(result.ips().stream().map(CniIp::address)).hasSize(1);
        bed.ping("::1");
    }

    @Test
    void add_whereIpv6IsOff_hasIpv4Only() throws Exception {
        bed.inContainer("sysctl", "-qw", "net.ipv6.conf.lo.disable_ipv6=1");
        assertThat(bed.add(calls("1.0.0")).ips().stream().map(ip -> ip.address().toString()))
                .containsExactly("127.0.0.1/8");
    }

    @Test
    void add_withAForeignAddressOnLo_saysSo() throws Exception {
        bed.inContainer("ip", "address", "add", "10.9.9.9/32", "dev", "lo");
        assertThatThrownBy(() -> bed.add(calls("1.0.0")))
                .hasMessage("loopback interface found with non-loopback address \"10.9.9.9\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/run/netns/gone", "/proc/self/exe/gone"})
    void del_withoutTheNamespace_succeeds(String netns) throws Exception {
        bed.del(calls("1.0.0").set("CNI_NETNS", netns));
    }

    @Test
    void add_withoutTheNamespace_fails() {
        assertThatThrownBy(() -> bed.add(calls("1.0.0").set("CNI_NETNS", "/run/netns/gone")))
                .isInstanceOfSatisfying(
                        CniException.class,
                        e -> {
                            assertThat(e.code()).isEqualTo(CniException.INVALID_NETNS);
                            assertThat(e.msg())
                                    .startsWith("failed to open netns \"/run/netns/gone\"");
                        });
    }

    @Test
    void gcAndStatus_succeed() throws Exception {
        bed.gc(bed.gcCalls("{'cniVersion': '1.1.0', 'name': 'lo', 'type': 'loopback'}"));
        bed.status(calls("1.1.0"));
    }
}
