package dev.kakehashi.linux.iptables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.List;

@KernelTest
class IptablesAppendTest {
    /** What the programs have made before, of every form that is known. */
    private static final List<String> SHARED =
            List.of(
                    "-A PREROUTING -m addrtype --dst-type LOCAL -j ENTRY",
                    "-A POSTROUTING -m comment --comment \"needing masquerade\" -j MASQ",
                    "-A MASQ -m mark --mark 0x2000/0x2000 -j MASQUERADE",
                    "-A SETMARK -m comment --comment \"masquerade \\\"mark\\\"\" -j MARK --set-xmark 0x2000/0x2000",
                    "-A STAGE -i br0 ! -o br0 -m comment --comment other -j RETURN",
                    "-A STAGE -o br0 -m comment --comment \"kept apart\" -j ACCEPT");

    private static final List<String> CHAINS =
            List.of(":ENTRY - [0:0]", ":MASQ - [0:0]", ":SETMARK - [0:0]", ":STAGE - [0:0]");

    /** What a container adds. */
    private static List<String> added(IptablesFamily family) {
        boolean v4 = family == IptablesFamily.IPV4;
        String address = v4 ? "10.1.2.3/32" : "2001:db8::3/128";
        String endpoint = v4 ? "10.1.2.3:80" : "[2001:db8::3]:80";
        String longest = "x".repeat(255);
        return List.of(
                ":ONE - [0:0]",
                "-A ONE -s "
                        + (v4 ? "10.1.2.0/23" : "2001:db8::/63")
                        + " -p tcp -m tcp --dport 8080 -j SETMARK",
                "-A ONE -s "
                        + (v4 ? "10.1.0.0/16" : "2001:db8::/56")
                        + " -d "
                        + address
                        + " -p udp -m udp --dport 65535 -j SETMARK",
                "-A ONE -p tcp -m tcp --dport 8080 -j DNAT --to-destination " + endpoint,
                "-A ENTRY -p tcp -m comment --comment \"name: \\\"net\\\" of one\" -m multiport"
                        + " --dports 8080,65535 -j ONE",
                "-A STAGE -d "
                        + address
                        + " -m conntrack --ctstate RELATED,ESTABLISHED -m comment --comment of-one"
                        + " -j ACCEPT",
                "-A STAGE ! -s "
                        + (v4 ? "224.0.0.0/4" : "ff00::/8")
                        + " -m comment --comment "
                        + longest
                        + " -j ACCEPT");
    }

    private static Iptables shared(Netns netns, IptablesFamily family) throws Exception {
        Iptables iptables = Iptables.in(netns, family);
        assumeThat(iptables.isUsable()).as("iptables is installed").isTrue();
        assumeThat(TestNamespaces.run(netns, "iptables", "--version"))
                .as("iptables keeps its rules in nftables")
                .contains("nf_tables");
        iptables.restore("nat", CHAINS);
        iptables.restore("nat", SHARED);
        return iptables;
    }

    private static List<String> saved(Iptables iptables) throws Exception {
        return iptables.save("nat").stream().filter(line -> !line.startsWith("#")).toList();
    }

    @ParameterizedTest
    @EnumSource
    void rulesAreWrittenAsTheProgramsWriteThem(IptablesFamily family, TestNamespaces namespaces)
            throws Exception {
        Iptables byProgram = shared(namespaces.create(), family);
        Netns netns = namespaces.create();
        Iptables byMessages = shared(netns, family);
        byProgram.restore("nat", added(family));
        assertThat(byMessages.append("nat", SHARED, List.of("of-one"), added(family))).isTrue();
        assertThat(saved(byMessages)).isEqualTo(saved(byProgram)).containsAll(added(family));
        assertThat(TestNamespaces.run(netns, "nft", "list", "ruleset")).contains("8080", "65535");

        // The programs find them: each is deleted by what it says.
        List<String> rules = added(family).stream().filter(line -> line.startsWith("-A")).toList();
        byMessages.restore("nat", rules.reversed().stream().map(SavedTable::deletion).toList());
        byMessages.restore("nat", List.of("-X ONE"));
        assertThat(saved(byMessages)).containsAll(SHARED).doesNotContainAnyElementsOf(rules);
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsAdded_unlessAllIsAsExpected(IptablesFamily family, TestNamespaces namespaces)
            throws Exception {
        Iptables iptables = shared(namespaces.create(), family);
        List<String> before = saved(iptables);
        List<String> rule = List.of("-A STAGE -m comment --comment one -j ACCEPT");
        assertThat(iptables.append("nat", List.of("-A MASQ -j MASQUERADE"), List.of(), rule))
                .as("a rule is missing")
                .isFalse();
        assertThat(iptables.append("nat", SHARED, List.of("kept apart"), rule))
                .as("a rule is about it already")
                .isFalse();
        assertThat(iptables.append("nat", SHARED, List.of(), List.of(":STAGE - [0:0]")))
                .as("a chain is there already")
                .isFalse();
        assertThat(
                        iptables.append(
                                "nat",
                                SHARED,
                                List.of(),
                                List.of(rule.getFirst(), "-A STAGE -p sctp -j ACCEPT")))
                .as("a rule that is for the programs")
                .isFalse();
        String host = family == IptablesFamily.IPV4 ? "192.0.2.7/24" : "2001:db8::7/64";
        assertThat(
                        iptables.append(
                                "nat",
                                SHARED,
                                List.of(),
                                List.of(rule.getFirst(), "-A STAGE -s " + host + " -j ACCEPT")))
                .as("a prefix whose host's bits iptables takes away")
                .isFalse();
        assertThat(
                        iptables.append(
                                "nat",
                                SHARED,
                                List.of(),
                                List.of(rule.getFirst(), "-A NO -j ACCEPT")))
                .as("no such chain")
                .isFalse();
        assertThat(iptables.append("nat", List.of(), List.of(), List.of("-A PREROUTING -j ACCEPT")))
                .as("nothing says that iptables has written the chain")
                .isFalse();
        assertThat(iptables.append("filter", List.of(), List.of(), List.of("-A INPUT -j DROP")))
                .as("no such table")
                .isFalse();
        assertThat(saved(iptables)).isEqualTo(before);
        assertThat(iptables.append("nat", List.of(), List.of(), rule))
                .as("its chain has a comment as iptables writes it")
                .isTrue();
        assertThat(saved(iptables)).hasSize(before.size() + 1).containsAll(rule);
    }
}
