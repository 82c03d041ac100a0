package dev.kakehashi.linux.iptables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.List;

@KernelTest
class IptablesTest {

    @Test
    void restore_changesOnlyItsOwnNamespace(TestNamespaces namespaces) throws Exception {
        Netns netns = namespaces.create();
        Iptables iptables = Iptables.in(netns, IptablesFamily.IPV4);
        assumeThat(iptables.isUsable()).as("iptables is installed").isTrue();
        iptables.restore(
                "nat",
                List.of(
                        ":TEST - [0:0]",
                        "-A TEST -s 192.0.2.1 -j ACCEPT",
                        "-A POSTROUTING -j TEST"));
        assertThat(iptables.save("nat"))
                .contains(":TEST - [0:0]", "-A TEST -s 192.0.2.1/32 -j ACCEPT");
        assertThat(TestNamespaces.run(netns, "iptables", "-t", "nat", "-S", "TEST"))
                .contains("-A TEST -s 192.0.2.1/32 -j ACCEPT");
        assertThat(Iptables.in(namespaces.create(), IptablesFamily.IPV4).save("nat"))
                .noneMatch(line -> line.contains("TEST"));
        iptables.restore("nat", List.of("-D POSTROUTING -j TEST", "-F TEST", "-X TEST"));
        assertThat(iptables.save("nat")).noneMatch(line -> line.contains("TEST"));
    }

    @Test
    void restore_refused_saysWhyAndChangesNothing(TestNamespaces namespaces) throws Exception {
        Iptables iptables = Iptables.in(namespaces.create(), IptablesFamily.IPV4);
        assumeThat(iptables.isUsable()).as("iptables is installed").isTrue();
        assertThatThrownBy(() ->
                        iptables.restore("nat", List.of(":TEST - [0:0]", "-A TEST -j NOWHERE")))
                .isInstanceOf(IptablesException.class)
                .hasMessageContaining("iptables-restore --noflush")
                .hasMessageContaining("NOWHERE");
        assertThat(iptables.save("nat")).noneMatch(line -> line.contains("TEST"));
    }

    @Test
    void rulesAreLookedForWithoutAProgram(TestNamespaces namespaces) throws Exception {
        Netns netns = namespaces.create();
        Iptables iptables = Iptables.in(netns, IptablesFamily.IPV4);
        assumeThat(iptables.isUsable()).as("iptables is installed").isTrue();
        List<byte[]> address = List.of(new byte[] {(byte) 192, 0, 2, 1});
        List<byte[]> word = List.of("of a web server".getBytes(StandardCharsets.US_ASCII));
        assertThat(iptables.mayHave("nat", List.of("TEST", "OTHER"))).isFalse();
        assertThat(iptables.mayMention("nat", List.of("TEST"), address)).isFalse();
        iptables.restore(
                "nat",
                List.of(
                        ":TEST - [0:0]",
                        "-A TEST -s 192.0.2.1 -j ACCEPT",
                        "-A TEST -m comment --comment \"port of a web server\" -j ACCEPT"));
        assertThat(iptables.mayHave("nat", List.of("OTHER", "TEST"))).isTrue();
        assertThat(iptables.mayMention("nat", List.of("OTHER", "TEST"), address)).isTrue();
        assertThat(iptables.mayMention("nat", List.of("TEST"), word)).isTrue();
        assumeThat(TestNamespaces.run(netns, "iptables", "--version"))
                .as("iptables keeps its rules in nftables")
                .contains("nf_tables");
        assertThat(iptables.mayHave("nat", List.of("OTHER"))).isFalse();
        assertThat(iptables.mayHave("filter", List.of("TEST"))).isFalse();
        assertThat(iptables.mayMention("nat", List.of("PREROUTING"), address)).isFalse();
        assertThat(iptables.mayMention("nat", List.of("TEST"), List.of(new byte[] {1, 2, 3, 4})))
                .isFalse();
    }
}
