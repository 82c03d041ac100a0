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
        assertThat(iptables.mayHave("nat")).isFalse();
        assertThat(iptables.mayHave("nat", List.of("TEST", "OTHER"))).isFalse();
        assertThat(iptables.mayMention("nat", List.of("TEST"), address)).isFalse();
        iptables.restore(
                "nat",
                List.of(
                        ":TEST - [0:0]",
                        "-A TEST -s 192.0.2.1 -j ACCEPT",
                        "-A TEST -m comment --comment \"port of a web server\" -j ACCEPT"));
        assertThat(iptables.mayHave("nat")).isTrue();
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

    @Test
    void chainIsRemovedWithoutAProgram_whenItIsAsExpected(TestNamespaces namespaces)
            throws Exception {
        Netns netns = namespaces.create();
        Iptables iptables = Iptables.in(netns, IptablesFamily.IPV4);
        assumeInNftables(iptables, netns);
        iptables.restore(
                "nat",
                List.of(
                        ":ENTRY - [0:0]",
                        ":TEST-1 - [0:0]",
                        ":TEST-2 - [0:0]",
                        "-A TEST-1 -p tcp -m tcp --dport 80 -j DNAT --to-destination 192.0.2.1:80",
                        "-A ENTRY -p tcp -m multiport --dports 80,8080 -j TEST-1",
                        "-A ENTRY -p udp -m multiport --dports 53 -j TEST-1",
                        "-A ENTRY -p udp -m multiport --dports 53 -j TEST-2"));
        List<String> before = rules(iptables);
        List<byte[]> ports =
                List.of(Iptables.ports(List.of(80, 8080)), Iptables.ports(List.of(53)));
        assertThat(iptables.removeChain("nat", "TEST-3", "ENTRY", List.of())).isFalse();
        assertThat(iptables.removeChain("nat", "TEST-1", "ENTRY", ports.subList(0, 1)))
                .as("one rule more than expected")
                .isFalse();
        assertThat(
                        iptables.removeChain(
                                "nat",
                                "TEST-1",
                                "ENTRY",
                                List.of(Iptables.ports(List.of(80)), ports.get(1))))
                .as("other ports than expected")
                .isFalse();
        iptables.restore("nat", List.of("-A PREROUTING -j TEST-1"));
        assertThat(iptables.removeChain("nat", "TEST-1", "ENTRY", ports))
                .as("another chain leads there")
                .isFalse();
        iptables.restore("nat", List.of("-D PREROUTING -j TEST-1"));
        assertThat(rules(iptables)).isEqualTo(before);
        assertThat(iptables.removeChain("nat", "TEST-1", "ENTRY", ports)).isTrue();
        assertThat(rules(iptables))
                .containsExactly("-A ENTRY -p udp -m multiport --dports 53 -j TEST-2");
        assertThat(iptables.save("nat")).noneMatch(line -> line.startsWith(":TEST-1"));
    }

    @Test
    void rulesAreRemovedByAWordWithoutAProgram(TestNamespaces namespaces) throws Exception {
        Netns netns = namespaces.create();
        Iptables iptables = Iptables.in(netns, IptablesFamily.IPV4);
        assumeInNftables(iptables, netns);
        String ours = "-A TEST -s 192.0.2.1/32 -m comment --comment \"of 0123-4567\" -j ACCEPT";
        String other = ours.replace("4567", "4568");
        iptables.restore("filter", List.of(":TEST - [0:0]", ours, other, ours));
        iptables.removeRules("filter", "TEST", "0123-4567");
        assertThat(SavedTable.of(iptables.save("filter")).rules("TEST")).containsExactly(other);
        iptables.removeRules("filter", "TEST", "0123-4567");
        iptables.removeRules("filter", "NOWHERE", "0123-4568");
        assertThat(SavedTable.of(iptables.save("filter")).rules("TEST")).containsExactly(other);
    }

    private static void assumeInNftables(Iptables iptables, Netns netns) throws Exception {
        assumeThat(iptables.isUsable()).as("iptables is installed").isTrue();
        assumeThat(TestNamespaces.run(netns, "iptables", "--version"))
                .as("iptables keeps its rules in nftables")
                .contains("nf_tables");
    }

    private static List<String> rules(Iptables iptables) throws Exception {
        return iptables.save("nat").stream().filter(line -> line.startsWith("-A ")).toList();
    }
}
