package dev.kakehashi.plugins.masquerade;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cni.CniAttachment;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.plugins.attachment.Attachment;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

class IptablesMasqueradeTest {

    private static final Attachment ONE = new Attachment("test", "icee6giejonei6so", "eth0");
    private static final Attachment TWO = new Attachment("test", "icee6giejonei6so", "eth1");
    private static final IpPrefix ADDRESS = IpPrefix.parse("10.1.2.3/24");
    private static final String CHAIN = IptablesMasquerade.chain(ONE);
    private static final String COMMENT =
            " -m comment --comment \"name: \\\"test\\\" id: \\\"icee6giejonei6so\\\"\"";

    /** What iptables-save shows after changes to a table that had nothing. */
    private static List<String> apply(List<String> saved, List<String> changes) {
        List<String> table = new ArrayList<>(saved);
        for (String change : changes) {
            String rest = change.substring(2);
            switch (change.substring(0, 2)) {
                case "-A" -> table.add(change);
                case "-I" -> table.addFirst("-A" + rest);
                case "-D" -> assertThat(table.remove("-A" + rest)).as(change).isTrue();
                case "-F" -> table.removeIf(line -> line.startsWith("-A" + rest + " "));
                case "-X" -> assertThat(table.remove(":" + rest.strip() + " - [0:0]")).isTrue();
                default -> table.add(change);
            }
        }
        return table;
    }

    @Test
    void chain_isTheReferencesName() {
        // The vector of the reference's own test.
        assertThat(IptablesMasquerade.chain(new Attachment("test", "1234", "eth0")))
                .isEqualTo("CNI-2bbe0c48b91a7d1b8a6753a8");
    }

    @Test
    void setUp_addsChainRulesAndJump_once() {
        List<String> changes = IptablesMasquerade.setUp(List.of(), ONE, List.of(ADDRESS));
        assertThat(changes)
                .containsExactly(
                        ":" + CHAIN + " - [0:0]",
                        "-A " + CHAIN + " -d 10.1.2.0/24" + COMMENT + " -j ACCEPT",
                        "-A " + CHAIN + " ! -d 224.0.0.0/4" + COMMENT + " -j MASQUERADE",
                        "-A POSTROUTING -s 10.1.2.3/32" + COMMENT + " -j " + CHAIN);
        List<String> saved = apply(List.of(), changes);
        assertThat(IptablesMasquerade.setUp(saved, ONE, List.of(ADDRESS))).isEmpty();
        assertThat(IptablesMasquerade.missing(saved, ONE, List.of(ADDRESS))).isEmpty();
        assertThat(IptablesMasquerade.missing(List.of(), ONE, List.of(ADDRESS))).hasSize(3);
    }

    @Test
    void setUp_ofIpv6_letsItsMulticastPass() {
        assertThat(
                        IptablesMasquerade.setUp(
                                List.of(), ONE, List.of(IpPrefix.parse("2001:db8::2/64"))))
                .contains("-A " + CHAIN + " ! -d ff00::/8" + COMMENT + " -j MASQUERADE")
                .contains("-A POSTROUTING -s 2001:db8::2/128" + COMMENT + " -j " + CHAIN);
    }

    /** Both interfaces have one chain, which the reference takes away with the first of them. */
    @Test
    void tearDown_ofOneInterface_keepsTheChainForTheOther() {
        IpPrefix other = IpPrefix.parse("10.1.7.8/24");
        List<String> saved =
                apply(List.of(), IptablesMasquerade.setUp(List.of(), ONE, List.of(ADDRESS)));
        saved = apply(saved, IptablesMasquerade.setUp(saved, TWO, List.of(other)));

        saved = apply(saved, IptablesMasquerade.tearDown(saved, ONE, List.of(ADDRESS)));

        assertThat(IptablesMasquerade.missing(saved, TWO, List.of(other))).isEmpty();
        assertThat(saved).noneMatch(line -> line.contains("-s 10.1.2.3/32"));
        assertThat(apply(saved, IptablesMasquerade.tearDown(saved, TWO, List.of(other)))).isEmpty();
    }

    @Test
    void tearDown_withoutKnowingTheAddresses_removesAllOfTheContainer() {
        List<String> saved =
                apply(List.of(), IptablesMasquerade.setUp(List.of(), ONE, List.of(ADDRESS)));
        assertThat(apply(saved, IptablesMasquerade.tearDown(saved, ONE, List.of()))).isEmpty();
        assertThat(IptablesMasquerade.tearDown(List.of(), ONE, List.of())).isEmpty();
    }

    @Test
    void tearDown_findsTheSubnetThatOldVersionsWrote() {
        List<String> saved =
                List.of(
                        ":" + CHAIN + " - [0:0]",
                        "-A POSTROUTING -s 10.1.2.0/24" + COMMENT + " -j " + CHAIN);
        assertThat(apply(saved, IptablesMasquerade.tearDown(saved, ONE, List.of(ADDRESS))))
                .isEmpty();
    }

    @Test
    void collect_removesContainersOfTheNetworkThatAreNotValid() {
        Attachment dead = new Attachment("test", "dead", "eth0");
        Attachment elsewhere = new Attachment("test2", "dead", "eth0");
        List<String> saved = List.of("-A POSTROUTING -s 10.9.9.9/32 -j MASQUERADE");
        for (Attachment attachment : List.of(ONE, dead, elsewhere)) {
            saved = apply(saved, IptablesMasquerade.setUp(saved, attachment, List.of(ADDRESS)));
        }
        List<CniAttachment> valid = List.of(new CniAttachment("icee6giejonei6so", "eth0"));

        List<String> left = apply(saved, IptablesMasquerade.collect(saved, "test", valid));

        assertThat(left).noneMatch(line -> line.contains(IptablesMasquerade.chain(dead)));
        assertThat(IptablesMasquerade.missing(left, ONE, List.of(ADDRESS))).isEmpty();
        assertThat(IptablesMasquerade.missing(left, elsewhere, List.of(ADDRESS))).isEmpty();
        assertThat(left).contains("-A POSTROUTING -s 10.9.9.9/32 -j MASQUERADE");
    }
}
