package dev.kakehashi.linux.nft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.nft.expr.Opaque;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What other programs have made is read and can be written back as it was. */
@KernelTest
class ForeignRulesetTest {
    /**
     * As the reference CNI plugins make it for masquerade, port mappings and the MAC spoof check.
     */
    private static final String CNI_PLUGINS =
            """
            table inet cni_plugins_masquerade {
                comment "Masquerading for plugins from github.com/containernetworking/plugins"
                chain masq_checks {
                    comment "Masquerade traffic from certain IPs to any (non-multicast) IP outside their subnet"
                    ip saddr 10.1.2.3 ip daddr != 10.1.2.0/24 masquerade comment "6fd94d501e58f0aa-287fc69eff0574a2, net: unit-test, if: eth0, id: one"
                    ip6 saddr fd00::3 ip6 daddr != fd00::/64 masquerade comment "6fd94d501e58f0aa-287fc69eff0574a2, net: unit-test, if: eth0, id: one"
                }
                chain postrouting {
                    type nat hook postrouting priority srcnat; policy accept;
                    ip daddr 224.0.0.0/4 return
                    ip6 daddr ff00::/8 return
                    goto masq_checks
                }
            }
            table ip cni_hostport {
                comment "CNI portmap plugin"
                chain hostports {
                    tcp dport 8080 dnat to 10.0.0.2:80 comment "id"
                    ip daddr 192.168.0.2 udp dport 53 dnat to 10.0.0.2:5353 comment "id"
                }
                chain hostip_hostports {
                }
                chain hostports_all {
                    jump hostip_hostports
                    jump hostports
                }
                chain prerouting {
                    type nat hook prerouting priority dstnat; policy accept;
                    fib daddr type local jump hostports_all
                }
                chain output {
                    type nat hook output priority -100; policy accept;
                    fib daddr type local jump hostports_all
                }
                chain masquerading {
                    type nat hook postrouting priority srcnat; policy accept;
                    ip saddr 10.0.0.2 ip daddr 10.0.0.2 masquerade comment "id"
                    ip saddr 127.0.0.1 ip daddr 10.0.0.2 masquerade comment "id"
                }
            }
            table ip6 cni_hostport {
                chain hostports {
                    tcp dport 8080 dnat to [fd00::2]:80 comment "id"
                }
            }
            table bridge nat {
                chain cni-br-iface-one-eth0 {
                    iifname "veth1" jump cni-br-iface-one-eth0-mac comment "macspoofchk-one-eth0"
                }
                chain cni-br-iface-one-eth0-mac {
                    ether saddr 02:00:00:00:00:01 return comment "macspoofchk-one-eth0"
                    drop comment "macspoofchk-one-eth0"
                }
                chain PREROUTING {
                    type filter hook prerouting priority dstnat; policy accept;
                    iifname "veth1" jump cni-br-iface-one-eth0 comment "macspoofchk-one-eth0"
                }
            }
            """;

    /** The skeleton of kube-proxy and load balancing by one flat map. */
    private static final String SERVICES =
            """
            table inet services {
                map backends {
                    type ipv4_addr . inet_proto . inet_service . mark : ipv4_addr . inet_service
                    elements = { 10.96.0.1 . tcp . 443 . 0x00000000 : 10.0.0.2 . 6443,
                                 10.96.0.1 . tcp . 443 . 0x00000001 : 10.0.0.3 . 6443 }
                }
                map services {
                    type ipv4_addr . inet_proto . inet_service : verdict
                    elements = { 10.96.0.1 . tcp . 443 : goto n2 }
                }
                set cluster-ips {
                    type ipv4_addr
                    elements = { 10.96.0.1 }
                }
                set hairpin {
                    type ipv4_addr . ipv4_addr . inet_proto . inet_service
                    elements = { 10.0.0.2 . 10.0.0.2 . tcp . 6443 }
                }
                chain n2 {
                    meta mark set numgen random mod 2
                    meta l4proto tcp dnat ip to ip daddr . meta l4proto . th dport . meta mark map @backends
                }
                chain nat-prerouting {
                    type nat hook prerouting priority dstnat; policy accept;
                    ip daddr . meta l4proto . th dport vmap @services
                }
                chain masquerading {
                    type nat hook postrouting priority srcnat; policy accept;
                    meta mark & 0x00004000 != 0x00000000 meta mark set meta mark ^ 0x00004000 masquerade fully-random
                    ct status dnat ip saddr . ip daddr . meta l4proto . th dport @hairpin masquerade fully-random
                }
                chain check {
                    type filter hook forward priority filter; policy accept;
                    ct state new ip daddr @cluster-ips reject with icmp port-unreachable
                }
            }
            """;

    @TempDir private Path directory;

    private void load(Netns netns, String ruleset) throws Exception {
        Path file = directory.resolve("rules.nft");
        Files.writeString(file, ruleset);
        TestNamespaces.run(netns, "nft", "-f", file.toString());
    }

    @Test
    void cniPlugins_readWithoutUnknownExpressions_andEqualWhenWrittenBack(TestNamespaces namespaces)
            throws Exception {
        Netns netns = namespaces.create();
        load(netns, CNI_PLUGINS);
        writesBack(netns);
        Ruleset masquerade =
                KernelNft.of(netns)
                        .table(new TableId(Family.INET, "cni_plugins_masquerade"))
                        .orElseThrow()
                        .ruleset();
        // The rule that a compiler writes is the one that the reference plugin has made.
        assertThat(masquerade.chain("masq_checks").orElseThrow().rules().getFirst())
                .isEqualTo(
                        Rule.in(Family.INET)
                                .saddr(dev.kakehashi.linux.IpAddresses.parse("10.1.2.3"))
                                .daddrNot(dev.kakehashi.linux.IpPrefix.parse("10.1.2.0/24"))
                                .masquerade()
                                .comment(
                                        "6fd94d501e58f0aa-287fc69eff0574a2, net: unit-test, if:"
                                                + " eth0, id: one")
                                .build());
    }

    @Test
    void services_readWithoutUnknownExpressions_andEqualWhenWrittenBack(TestNamespaces namespaces)
            throws Exception {
        Netns netns = namespaces.create();
        load(netns, SERVICES);
        writesBack(netns);
    }

    /**
     * Reads each table, compares our text with nft's, writes it again, and finds everything as it
     * was.
     */
    private static void writesBack(Netns netns) throws Exception {
        Nft nft = KernelNft.of(netns);
        for (TableId id : nft.tables()) {
            Ruleset ruleset = nft.table(id).orElseThrow().ruleset();
            assertThat(expressions(ruleset)).noneMatch(Opaque.class::isInstance);
            String before = NftListing.of(netns, id);
            assertThat(NftListing.sorted(ruleset.text())).isEqualTo(before);
            nft.apply(NftTransaction.replace(ruleset));
            assertThat(nft.table(id).orElseThrow().ruleset()).isEqualTo(ruleset);
            assertThat(NftListing.of(netns, id)).isEqualTo(before);
        }
    }

    private static List<dev.kakehashi.linux.nft.expr.Expression> expressions(Ruleset ruleset) {
        return ruleset.chains().stream()
                .flatMap(c -> c.rules().stream())
                .flatMap(r -> r.expressions().stream())
                .toList();
    }

    /** Expressions without a record are kept as bytes. */
    @Test
    void unknownExpressions_areWrittenBackAsTheyWere(TestNamespaces namespaces) throws Exception {
        Netns netns = namespaces.create();
        load(
                netns,
                """
                table ip t {
                    chain c {
                        type filter hook forward priority filter; policy accept;
                        ip id 7 ip hdrlength 5 accept
                        ct helper "ftp" accept
                        ip dscp set cs1
                        tcp option sack exists accept
                        quota over 100 mbytes drop
                    }
                }
                """);
        Nft nft = KernelNft.of(netns);
        TableId id = new TableId(Family.IP, "t");
        String before = TestNamespaces.run(netns, "nft", "list", "table", "ip", "t");
        List<InstalledRule> rules = nft.rules(id).orElseThrow().chain("c").orElseThrow().rules();
        NftTransaction.Builder transaction = NftTransaction.builder().flushChain(id, "c");
        rules.forEach(rule -> transaction.addRule(id, "c", rule.rule()));
        nft.apply(transaction.build());
        assertThat(TestNamespaces.run(netns, "nft", "list", "table", "ip", "t")).isEqualTo(before);
        assertThat(nft.rules(id).orElseThrow().chain("c").orElseThrow().rules())
                .extracting(InstalledRule::rule)
                .isEqualTo(rules.stream().map(InstalledRule::rule).toList());
    }
}
