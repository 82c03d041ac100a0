package dev.kakehashi.plugins.masquerade;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.attachment.RuleComment;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.engine.Diff;
import dev.kakehashi.state.engine.ObservedState;

import org.junit.jupiter.api.Test;

import java.util.List;

class NftMasqueradeTest {

    private static final Attachment ONE = new Attachment("unit-test", "one", "eth0");

    /** The hashes of the reference's own test. */
    @Test
    void names_areTheReferences() {
        assertThat(RuleComment.ofAttachment(ONE)).isEqualTo("6fd94d501e58f0aa-287fc69eff0574a2");
        assertThat(RuleComment.ofAttachment(new Attachment("unit-test", "two", "eth0")))
                .isEqualTo("6fd94d501e58f0aa-d750b2c8f0f25d5f");
        assertThat(RuleComment.ofAttachment(new Attachment("alternate", "three", "net1")))
                .isEqualTo("82783ef24bdc7036-acb19d111858e348");
        assertThat(RuleComment.comment(ONE))
                .isEqualTo("6fd94d501e58f0aa-287fc69eff0574a2, net: unit-test, if: eth0, id: one");
        assertThat(RuleComment.comment(new Attachment("n", "c".repeat(200), "eth0"))).hasSize(128);
    }

    @Test
    void resources_areTheReferencesTableAndOneRuleForEachAddress() {
        DesiredState.Builder state = DesiredState.builder();
        NftMasquerade.resources(
                        ONE,
                        List.of(IpPrefix.parse("192.168.1.4/24"), IpPrefix.parse("2001:db8::2/64")))
                .forEach(state::host);
        assertThat(Diff.between(state.build(), ObservedState.EMPTY).toString())
                .isEqualTo(
                        """
                        nft 'add table inet cni_plugins_masquerade { comment "Masquerading for plugins from github.com/containernetworking/plugins"; }'
                        nft 'add chain inet cni_plugins_masquerade masq_checks { comment "Masquerade traffic from certain IPs to any (non-multicast) IP outside their subnet"; }'
                        nft 'add table inet cni_plugins_masquerade { comment "Masquerading for plugins from github.com/containernetworking/plugins"; }'
                        nft 'add chain inet cni_plugins_masquerade postrouting { type nat hook postrouting priority srcnat; policy accept; }'
                        nft 'flush chain inet cni_plugins_masquerade postrouting'
                        nft 'add rule inet cni_plugins_masquerade postrouting ip daddr 224.0.0.0/4 return'
                        nft 'add rule inet cni_plugins_masquerade postrouting ip6 daddr ff00::/8 return'
                        nft 'add rule inet cni_plugins_masquerade postrouting goto masq_checks'
                        nft 'add rule inet cni_plugins_masquerade masq_checks ip saddr 192.168.1.4 ip daddr != 192.168.1.0/24 masquerade comment "6fd94d501e58f0aa-287fc69eff0574a2, net: unit-test, if: eth0, id: one"'
                        nft 'add rule inet cni_plugins_masquerade masq_checks ip6 saddr 2001:db8::2 ip6 daddr != 2001:db8::/64 masquerade comment "6fd94d501e58f0aa-287fc69eff0574a2, net: unit-test, if: eth0, id: one"'
                        """);
    }
}
