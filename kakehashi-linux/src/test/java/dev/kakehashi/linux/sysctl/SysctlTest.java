package dev.kakehashi.linux.sysctl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Test;

import java.util.Map;

@KernelTest
class SysctlTest {
    private static final SysctlName FORWARD = SysctlName.parse("net.ipv4.ip_forward");

    @Test
    void write_inANamespace_leavesOthersAlone(TestNamespaces namespaces) throws Exception {
        Netns one = namespaces.create();
        Netns two = namespaces.create();
        Sysctl.write(one, FORWARD, "1");
        Sysctl.write(two, FORWARD, "0");
        assertThat(Sysctl.read(one, FORWARD)).isEqualTo("1");
        assertThat(Sysctl.read(two, FORWARD)).isEqualTo("0");
    }

    @Test
    void ensure_writesOnlyWhatDiffersAndTellsWhatWas(TestNamespaces namespaces) throws Exception {
        Netns netns = namespaces.create();
        Sysctl.write(netns, FORWARD, "0");
        SysctlName range = SysctlName.parse("net.ipv4.ip_local_port_range");
        String ports = Sysctl.read(netns, range);
        assertThat(Sysctl.ensure(netns, Map.of(FORWARD, "1", range, ports.replace('\t', ' '))))
                .isEqualTo(Map.of(FORWARD, "0"));
        assertThat(Sysctl.ensure(netns, Map.of(FORWARD, "1"))).isEmpty();
    }

    @Test
    void missingSettingAndBadValue_areToldApart(TestNamespaces namespaces) throws Exception {
        Netns netns = namespaces.create();
        assertThatThrownBy(() -> Sysctl.read(netns, SysctlName.parse("net.ipv4.nonsense")))
                .isInstanceOfSatisfying(
                        LinuxException.class, e -> assertThat(e.is(Errno.ENOENT)).isTrue())
                .hasMessageContaining("net.ipv4.nonsense");
        assertThatThrownBy(() -> Sysctl.write(netns, FORWARD, "maybe"))
                .isInstanceOfSatisfying(
                        LinuxException.class, e -> assertThat(e.is(Errno.EINVAL)).isTrue())
                .hasMessageContaining("net.ipv4.ip_forward = maybe");
    }
}
