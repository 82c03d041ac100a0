package dev.kakehashi.plugins.masquerade;

import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.nft.Chain;
import dev.kakehashi.linux.nft.ChainType;
import dev.kakehashi.linux.nft.Family;
import dev.kakehashi.linux.nft.Hook;
import dev.kakehashi.linux.nft.InstalledRule;
import dev.kakehashi.linux.nft.InstalledTable;
import dev.kakehashi.linux.nft.NftTransaction;
import dev.kakehashi.linux.nft.Priority;
import dev.kakehashi.linux.nft.Rule;
import dev.kakehashi.linux.nft.Table;
import dev.kakehashi.linux.nft.TableId;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.attachment.RuleComment;
import dev.kakehashi.state.NftChain;
import dev.kakehashi.state.NftRules;
import dev.kakehashi.state.Resource;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Masquerade in nftables: one rule for each address, in a table that all plugins of the host share.
 * Pure. Equivalent to: {@code nft add rule inet cni_plugins_masquerade masq_checks ip saddr ADDRESS
 * ip daddr != SUBNET masquerade}.
 */
final class NftMasquerade {

    /** The shared table. */
    static final TableId TABLE = new TableId(Family.INET, "cni_plugins_masquerade");

    private static final String CHECKS = "masq_checks";

    private static final Table SHARED =
            Table.of(TABLE.family(), TABLE.name())
                    .comment(
                            "Masquerading for plugins from github.com/containernetworking/plugins");

    private NftMasquerade() {}

    /**
     * The rules of an attachment and the chains they need.
     *
     * @param addresses with the length of their subnet
     */
    static List<Resource> resources(Attachment attachment, List<IpPrefix> addresses) {
        List<Rule> rules = new ArrayList<>(addresses.size());
        for (IpPrefix address : addresses) {
            rules.add(
                    Rule.in(Family.INET)
                            .saddr(address.address())
                            .daddrNot(address.network())
                            .masquerade()
                            .comment(RuleComment.comment(attachment))
                            .build());
        }
        Chain checks =
                Chain.regular(CHECKS)
                        .comment(
                                "Masquerade traffic from certain IPs to any (non-multicast) IP"
                                        + " outside their subnet");
        Chain postrouting =
                Chain.base("postrouting", ChainType.NAT, Hook.POSTROUTING, Priority.SRCNAT);
        return List.of(
                NftChain.shared(SHARED, checks),
                NftChain.shared(
                        SHARED,
                        postrouting,
                        Rule.in(Family.INET).daddr(IpPrefix.parse("224.0.0.0/4")).returns().build(),
                        Rule.in(Family.INET).daddr(IpPrefix.parse("ff00::/8")).returns().build(),
                        Rule.in(Family.INET).goTo(CHECKS).build()),
                new NftRules(TABLE, CHECKS, rules));
    }

    /** Whatever rules an attachment has: for their removal, which goes by the comment. */
    static NftRules all(Attachment attachment) {
        Rule any =
                Rule.in(Family.INET).masquerade().comment(RuleComment.comment(attachment)).build();
        return NftRules.of(TABLE, CHECKS, any);
    }

    /** Removes the rules of a network's attachments but those of {@code valid}. */
    static NftTransaction collect(
            Optional<InstalledTable> installed, String network, List<Attachment> valid) {
        NftTransaction.Builder change = NftTransaction.builder();
        String prefix = RuleComment.ofNetwork(network) + "-";
        List<String> living = new ArrayList<>(valid.size());
        for (Attachment attachment : valid) {
            living.add(RuleComment.ofAttachment(attachment));
        }
        List<InstalledRule> rules =
                installed
                        .flatMap(table -> table.chain(CHECKS))
                        .map(chain -> chain.rules())
                        .orElse(List.of());
        for (InstalledRule rule : rules) {
            String comment = rule.rule().comment();
            if (comment.startsWith(prefix) && living.stream().noneMatch(comment::startsWith)) {
                change.deleteRule(TABLE, CHECKS, rule.handle());
            }
        }
        return change.build();
    }
}
