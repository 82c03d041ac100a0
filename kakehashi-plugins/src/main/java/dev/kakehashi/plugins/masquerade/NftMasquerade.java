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

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Masquerade in nftables: one rule for each address, in a table that all plugins of the host share.
 * Pure: what is to be done follows from what the table has. Equivalent to: {@code nft add rule inet
 * cni_plugins_masquerade masq_checks ip saddr ADDRESS ip daddr != SUBNET masquerade}.
 */
final class NftMasquerade {

    /** The shared table. */
    static final TableId TABLE = new TableId(Family.INET, "cni_plugins_masquerade");

    private static final String CHECKS = "masq_checks";
    private static final String POSTROUTING = "postrouting";

    private NftMasquerade() {}

    /**
     * Makes the rules of an attachment and what they need, in place of those it had.
     *
     * @param installed the table as it is, if it is
     * @param addresses with the length of their subnet
     */
    static NftTransaction setUp(
            Optional<InstalledTable> installed, Attachment attachment, List<IpPrefix> addresses) {
        NftTransaction.Builder change =
                NftTransaction.builder()
                        .addTable(
                                Table.of(TABLE.family(), TABLE.name())
                                        .comment(
                                                "Masquerading for plugins from"
                                                        + " github.com/containernetworking/plugins"))
                        .addChain(
                                TABLE,
                                Chain.regular(CHECKS)
                                        .comment(
                                                "Masquerade traffic from certain IPs to any"
                                                        + " (non-multicast) IP outside their subnet"))
                        .addChain(
                                TABLE,
                                Chain.base(
                                        POSTROUTING,
                                        ChainType.NAT,
                                        Hook.POSTROUTING,
                                        Priority.SRCNAT))
                        .flushChain(TABLE, POSTROUTING);
        for (Rule rule : postrouting()) {
            change.addRule(TABLE, POSTROUTING, rule);
        }
        remove(change, installed, ofAttachment(attachment));
        for (Rule rule : rules(attachment, addresses)) {
            change.addRule(TABLE, CHECKS, rule);
        }
        return change.build();
    }

    private static List<Rule> postrouting() {
        return List.of(
                Rule.in(Family.INET).daddr(IpPrefix.parse("224.0.0.0/4")).returns().build(),
                Rule.in(Family.INET).daddr(IpPrefix.parse("ff00::/8")).returns().build(),
                Rule.in(Family.INET).goTo(CHECKS).build());
    }

    /** The rules of an attachment. */
    static List<Rule> rules(Attachment attachment, List<IpPrefix> addresses) {
        List<Rule> rules = new ArrayList<>(addresses.size());
        for (IpPrefix address : addresses) {
            rules.add(
                    Rule.in(Family.INET)
                            .saddr(address.address())
                            .daddrNot(address.network())
                            .masquerade()
                            .comment(MasqueradeNames.comment(attachment))
                            .build());
        }
        return rules;
    }

    /** Removes the rules of an attachment; empty when there are none. */
    static NftTransaction tearDown(Optional<InstalledTable> installed, Attachment attachment) {
        NftTransaction.Builder change = NftTransaction.builder();
        remove(change, installed, ofAttachment(attachment));
        return change.build();
    }

    /** Removes the rules of a network's attachments but those of {@code valid}. */
    static NftTransaction collect(
            Optional<InstalledTable> installed, String network, List<Attachment> valid) {
        Predicate<Rule> unwanted =
                rule -> rule.comment().startsWith(MasqueradeNames.ofNetwork(network) + "-");
        for (Attachment attachment : valid) {
            unwanted = unwanted.and(ofAttachment(attachment).negate());
        }
        NftTransaction.Builder change = NftTransaction.builder();
        remove(change, installed, unwanted);
        return change.build();
    }

    private static Predicate<Rule> ofAttachment(Attachment attachment) {
        String prefix = MasqueradeNames.ofAttachment(attachment);
        return rule -> rule.comment().startsWith(prefix);
    }

    private static void remove(
            NftTransaction.Builder change,
            Optional<InstalledTable> installed,
            Predicate<Rule> unwanted) {
        for (InstalledRule rule : checks(installed)) {
            if (unwanted.test(rule.rule())) {
                change.deleteRule(TABLE, CHECKS, rule.handle());
            }
        }
    }

    /** What an attachment's addresses lack of their rules; empty when nothing. */
    static List<Rule> missing(
            Optional<InstalledTable> installed, Attachment attachment, List<IpPrefix> addresses) {
        List<Rule> missing = new ArrayList<>(rules(attachment, addresses));
        for (InstalledRule rule : checks(installed)) {
            missing.remove(rule.rule());
        }
        return missing;
    }

    private static List<InstalledRule> checks(Optional<InstalledTable> installed) {
        return installed
                .flatMap(table -> table.chain(CHECKS))
                .map(chain -> chain.rules())
                .orElse(List.of());
    }
}
