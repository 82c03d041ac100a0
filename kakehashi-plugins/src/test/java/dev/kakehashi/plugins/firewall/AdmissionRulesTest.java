package dev.kakehashi.plugins.firewall;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cni.CniAttachment;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.iptables.SavedTable;
import dev.kakehashi.linux.nft.Family;
import dev.kakehashi.linux.nft.Table;
import dev.kakehashi.plugins.GoldenPlan;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.attachment.RuleComment;
import dev.kakehashi.state.DesiredState;

import org.junit.jupiter.api.Test;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The rules by which containers are admitted, in iptables and in nftables. */
class AdmissionRulesTest {

    private static final Attachment ONE = new Attachment("net", "container-1", "eth0");
    private static final Attachment TWO = new Attachment("net", "container-2", "eth0");
    private static final List<InetAddress> ADDRESSES =
            List.of(IpAddresses.parse("10.88.0.2"), IpAddresses.parse("2001:db8:88::2"));
    private static final String MARK =
            " -m comment --comment \"" + RuleComment.comment(ONE) + "\" -j ACCEPT";
    private static final String NETWORK = RuleComment.ofNetwork("net");
    private static final String BOTH = "(ingressPolicy: same-bridge|isolated)";

    private static Admission admission(Attachment attachment, String keys, Optional<String> bridge)
            throws Exception {
        return new Admission(attachment, ADDRESSES, FirewallConfigTest.parse(keys), bridge);
    }

    private static String comment(String text) {
        return " -m comment --comment \"" + text + "\"";
    }

    private static SavedTable apply(SavedTable saved, List<String> lines, List<String> changes) {
        for (String change : changes) {
            String rest = change.substring(3);
            switch (change.substring(0, 2)) {
                case "-N" -> lines.addFirst(":" + rest + " - [0:0]");
                case "-A" -> lines.add(change);
                case "-I" -> lines.addFirst("-A " + rest);
                case "-D" -> assertThat(lines.remove("-A " + rest)).as(change).isTrue();
                default -> throw new AssertionError(change);
            }
        }
        assertThat(saved).isNotNull();
        return SavedTable.of(lines);
    }

    @Test
    void iptables_admitsByAddress() throws Exception {
        Admission admission = admission(ONE, "'iptablesAdminChainName': 'SITE'", Optional.empty());
        assertThat(IptablesFirewall.setUp(SavedTable.of(List.of()), admission, true))
                .containsExactly(
                        "-N CNI-FORWARD",
                        "-N SITE",
                        "-I FORWARD" + comment("CNI firewall plugin rules") + " -j CNI-FORWARD",
                        "-I CNI-FORWARD"
                                + comment("CNI firewall plugin admin overrides")
                                + " -j SITE",
                        "-A CNI-FORWARD -d 10.88.0.2/32 -m conntrack --ctstate RELATED,ESTABLISHED"
                                + MARK,
                        "-A CNI-FORWARD -s 10.88.0.2/32" + MARK);
        assertThat(IptablesFirewall.setUp(SavedTable.of(List.of()), admission, false))
                .contains("-A CNI-FORWARD -s 2001:db8:88::2/128" + MARK);
    }

    @Test
    void iptables_keepsABridgeApart() throws Exception {
        Admission admission = admission(ONE, "'ingressPolicy': 'isolated'", Optional.of("br0"));
        String isolated =
                comment("CNI firewall plugin rules (ingressPolicy: isolated), " + NETWORK);
        assertThat(IptablesFirewall.setUp(SavedTable.of(List.of()), admission, true))
                .contains(
                        "-N CNI-ISOLATION-STAGE-1",
                        "-A CNI-ISOLATION-STAGE-1"
                                + comment("CNI firewall plugin rules " + BOTH)
                                + " -j RETURN",
                        "-I CNI-ISOLATION-STAGE-1 -i br0 ! -o br0"
                                + isolated
                                + " -j CNI-ISOLATION-STAGE-2",
                        "-I CNI-ISOLATION-STAGE-1 -i br0 -o br0" + isolated + " -j DROP",
                        "-I CNI-ISOLATION-STAGE-2 -o br0"
                                + comment("CNI firewall plugin rules " + BOTH + ", " + NETWORK)
                                + " -j DROP")
                .endsWith(
                        "-I FORWARD"
                                + comment("CNI firewall plugin rules " + BOTH)
                                + " -j CNI-ISOLATION-STAGE-1");
    }

    @Test
    void iptables_changesNothingTwice_andGoesWithTheLastOfTheNetwork() throws Exception {
        String keys = "'ingressPolicy': 'same-bridge'";
        List<String> lines = new ArrayList<>();
        SavedTable saved = SavedTable.of(lines);
        for (Attachment attachment : List.of(ONE, TWO)) {
            Admission admission = admission(attachment, keys, Optional.of("br0"));
            saved = apply(saved, lines, IptablesFirewall.setUp(saved, admission, true));
            assertThat(IptablesFirewall.setUp(saved, admission, true)).isEmpty();
            assertThat(IptablesFirewall.missing(saved, admission, true)).isEmpty();
        }
        saved = apply(saved, lines, IptablesFirewall.tearDown(saved, ONE, List.of()));
        assertThat(lines).anyMatch(line -> line.contains("-i br0"));
        List<CniAttachment> valid = List.of(new CniAttachment("container-2", "eth0"));
        assertThat(IptablesFirewall.collect(saved, "net", valid)).isEmpty();
        assertThat(IptablesFirewall.collect(saved, "other", List.of())).isEmpty();
        assertThat(IptablesFirewall.collect(saved, "net", List.of()))
                .isEqualTo(IptablesFirewall.tearDown(saved, TWO, List.of()))
                .hasSize(4);
        saved = apply(saved, lines, IptablesFirewall.tearDown(saved, TWO, List.of()));
        assertThat(lines).noneMatch(line -> line.contains("br0") || line.contains("10.88."));
        assertThat(saved.jumpsTo("CNI-FORWARD")).hasSize(1);
    }

    /** What the reference plugin makes has no comment. */
    @Test
    void iptables_takesBackTheReferencesRules_byAddress() {
        List<String> lines =
                List.of(
                        "-A CNI-FORWARD -d 10.88.0.2/32 -m conntrack --ctstate RELATED,ESTABLISHED -j"
                                + " ACCEPT",
                        "-A CNI-FORWARD -s 10.88.0.2/32 -j ACCEPT",
                        "-A CNI-FORWARD -s 10.88.0.20/32 -j ACCEPT");
        assertThat(
                        IptablesFirewall.tearDown(
                                SavedTable.of(lines), ONE, List.of(IpAddresses.parse("10.88.0.2"))))
                .containsExactly(
                        "-D CNI-FORWARD -d 10.88.0.2/32 -m conntrack --ctstate RELATED,ESTABLISHED"
                                + " -j ACCEPT",
                        "-D CNI-FORWARD -s 10.88.0.2/32 -j ACCEPT");
    }

    @Test
    void iptables_keepsIsolationBeforeAdmission_whenOnlyTheLatterIsMissing() throws Exception {
        Admission open = admission(ONE, "", Optional.empty());
        String isolation =
                "-A FORWARD"
                        + comment("CNI firewall plugin rules " + BOTH)
                        + " -j CNI-ISOLATION-STAGE-1";
        List<String> changes =
                IptablesFirewall.setUp(SavedTable.of(List.of(isolation)), open, true);
        assertThat(changes)
                .containsSubsequence(
                        "-I FORWARD" + comment("CNI firewall plugin rules") + " -j CNI-FORWARD",
                        "-D" + isolation.substring(2),
                        "-I" + isolation.substring(2));
    }

    @Test
    void nftables_inOurTable() throws Exception {
        Admission admission = admission(ONE, "'ingressPolicy': 'isolated'", Optional.of("br0"));
        DesiredState.Builder state = DesiredState.builder();
        NftFirewall.own(admission).forEach(state::host);
        // Their chains are in both.
        NftFirewall.isolation(admission).forEach(state::host);
        GoldenPlan.assertPlan(state.build(), "firewall");
    }

    @Test
    void nftables_inATableOfTheHost() throws Exception {
        DesiredState.Builder state = DesiredState.builder();
        NftFirewall.admission(Table.of(Family.IP, "site"), admission(ONE, "", Optional.empty()))
                .forEach(state::host);
        GoldenPlan.assertPlan(state.build(), "firewall-host-table");
    }
}
