package dev.kakehashi.plugins.firewall;

import dev.kakehashi.linux.nft.BaseHook;
import dev.kakehashi.linux.nft.Chain;
import dev.kakehashi.linux.nft.ChainType;
import dev.kakehashi.linux.nft.CtState;
import dev.kakehashi.linux.nft.Element;
import dev.kakehashi.linux.nft.Family;
import dev.kakehashi.linux.nft.Hook;
import dev.kakehashi.linux.nft.InstalledChain;
import dev.kakehashi.linux.nft.InstalledRule;
import dev.kakehashi.linux.nft.InstalledTable;
import dev.kakehashi.linux.nft.NftSet;
import dev.kakehashi.linux.nft.NftTransaction;
import dev.kakehashi.linux.nft.Policy;
import dev.kakehashi.linux.nft.Priority;
import dev.kakehashi.linux.nft.Rule;
import dev.kakehashi.linux.nft.Selector;
import dev.kakehashi.linux.nft.Table;
import dev.kakehashi.linux.nft.TableId;
import dev.kakehashi.linux.nft.expr.DataType;
import dev.kakehashi.plugins.attachment.RuleComment;
import dev.kakehashi.state.NftChain;
import dev.kakehashi.state.NftElements;
import dev.kakehashi.state.NftRules;
import dev.kakehashi.state.Resource;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Admission in nftables. What one table accepts another may still drop: so containers are admitted
 * in each table of the host that refuses to forward, by a chain at the beginning of the one that
 * refuses. A table of ours has the administrator's chain for hosts that refuse nothing, and what
 * keeps bridges apart. Addresses are elements of sets, known by their comment. Pure.
 */
final class NftFirewall {

    /** The table of ours. */
    static final TableId OWN = new TableId(Family.INET, "kakehashi_firewall");

    /** What forwarded packets go through, in each table. */
    static final String ENTRY = "CNI-FORWARD";

    static final Table OWN_TABLE =
            new Table(OWN, "Admission of containers, and isolation of bridges", Set.of());
    private static final String FORWARD = "forward";
    static final String STAGE_1 = "CNI-ISOLATION-STAGE-1";
    private static final String STAGE_2 = "CNI-ISOLATION-STAGE-2";
    private static final String ENTRANCE = "CNI firewall plugin rules";

    private NftFirewall() {}

    /** The set of admitted addresses of a family. */
    static NftSet admitted(boolean v4) {
        return NftSet.set(
                v4 ? "cni_admitted4" : "cni_admitted6",
                v4 ? DataType.IPV4_ADDR : DataType.IPV6_ADDR);
    }

    /** Whether packets of a family pass a table. */
    static boolean sees(TableId table, boolean v4) {
        return table.family() == Family.INET || table.family() == (v4 ? Family.IP : Family.IP6);
    }

    /** The table of ours and the elements of an admission in it. */
    static List<Resource> own(Admission admission) {
        List<Resource> resources = new ArrayList<>(admission(OWN_TABLE, admission));
        resources.add(NftChain.shared(OWN_TABLE, Chain.regular(STAGE_1)));
        resources.add(NftChain.shared(OWN_TABLE, Chain.regular(STAGE_2)));
        resources.add(
                NftChain.shared(
                        OWN_TABLE,
                        Chain.base(FORWARD, ChainType.FILTER, Hook.FORWARD, Priority.FILTER),
                        Rule.in(Family.INET).jump(STAGE_1).build(),
                        Rule.in(Family.INET).jump(ENTRY).build()));
        return resources;
    }

    /** The admission in any table: chains, sets, elements. */
    static List<Resource> admission(Table table, Admission admission) {
        List<Resource> resources = new ArrayList<>(6);
        resources.add(NftChain.shared(table, Chain.regular(admission.config().adminChain())));
        for (boolean v4 : new boolean[] {true, false}) {
            if (sees(table.id(), v4)) {
                resources.add(NftElements.none(table, admitted(v4)));
            }
        }
        resources.addAll(
                elements(
                        table, RuleComment.comment(admission.attachment()), admission.addresses()));
        resources.add(entry(table, admission));
        return resources;
    }

    /** The elements of an admission. */
    static List<NftElements> elements(Table table, String comment, List<InetAddress> addresses) {
        List<NftElements> resources = new ArrayList<>(2);
        for (boolean v4 : new boolean[] {true, false}) {
            List<Element> elements = new ArrayList<>(addresses.size());
            for (InetAddress address : Admission.ofFamily(addresses, v4)) {
                elements.add(Element.of(address));
            }
            if (sees(table.id(), v4) && !elements.isEmpty()) {
                resources.add(NftElements.of(table, admitted(v4), comment, elements));
            }
        }
        return resources;
    }

    /** The chain that admits, in any table: who has it has what it refers to. */
    static NftChain entry(Table table, Admission admission) {
        Family family = table.id().family();
        List<Rule> rules = new ArrayList<>(5);
        rules.add(Rule.in(family).jump(admission.config().adminChain()).build());
        for (boolean v4 : new boolean[] {true, false}) {
            if (sees(table.id(), v4)) {
                rules.add(
                        Rule.in(family)
                                .in(admitted(v4), v4 ? Selector.IP_DADDR : Selector.IP6_DADDR)
                                .ctState(CtState.ESTABLISHED, CtState.RELATED)
                                .accept()
                                .build());
                rules.add(
                        Rule.in(family)
                                .in(admitted(v4), v4 ? Selector.IP_SADDR : Selector.IP6_SADDR)
                                .accept()
                                .build());
            }
        }
        return NftChain.shared(table, Chain.regular(ENTRY), rules.toArray(Rule[]::new));
    }

    /** What keeps a network's bridge apart; empty when nothing does. */
    static List<Resource> isolation(Admission admission) {
        if (admission.bridge().isEmpty()) {
            return List.of();
        }
        String bridge = admission.bridge().get();
        String comment = isolationComment(admission.attachment().network());
        List<Rule> first = new ArrayList<>(2);
        if (admission.config().policy() == IngressPolicy.ISOLATED) {
            first.add(
                    Rule.in(Family.INET)
                            .iifname(bridge)
                            .oifname(bridge)
                            .drop()
                            .comment(comment)
                            .build());
        }
        first.add(
                Rule.in(Family.INET)
                        .iifname(bridge)
                        .oifnameNot(bridge)
                        .jump(STAGE_2)
                        .comment(comment)
                        .build());
        Rule second = Rule.in(Family.INET).oifname(bridge).drop().comment(comment).build();
        return List.of(
                NftChain.shared(OWN_TABLE, Chain.regular(STAGE_1)),
                NftChain.shared(OWN_TABLE, Chain.regular(STAGE_2)),
                new NftRules(OWN, STAGE_1, first),
                NftRules.of(OWN, STAGE_2, second));
    }

    static String isolationComment(String network) {
        String text = RuleComment.ofNetwork(network) + ", net: " + network.replace("\"", "");
        return text.substring(0, Math.min(text.length(), 128));
    }

    /** Whatever keeps a network's bridges apart: for its removal. */
    static List<Resource> reunion(String network) {
        Rule any = Rule.in(Family.INET).drop().comment(isolationComment(network)).build();
        return List.of(NftRules.of(OWN, STAGE_1, any), NftRules.of(OWN, STAGE_2, any));
    }

    /** Whether packets of a family may be refused by a chain: whether it forwards at all. */
    static boolean forwards(Chain chain) {
        return chain.base().isPresent()
                && chain.base().get().hook() == Hook.FORWARD
                && chain.base().get().type() == ChainType.FILTER;
    }

    /** Whether a chain refuses what no rule of it accepts: by its policy, or by its last rule. */
    static boolean refuses(InstalledChain chain, Family family) {
        Optional<BaseHook> base = chain.chain().base();
        if (base.isEmpty() || !forwards(chain.chain())) {
            return false;
        }
        if (base.get().policy() == Policy.DROP) {
            return true;
        }
        if (chain.rules().isEmpty()) {
            return false;
        }
        String last = chain.rules().getLast().rule().text(family);
        String verdict = last.startsWith("counter ") ? last.substring("counter ".length()) : last;
        return verdict.startsWith("drop") || verdict.startsWith("reject");
    }

    /**
     * Whether a chain is one that iptables keeps in nftables. It would not understand what else is
     * in its tables.
     */
    static boolean isOfIptables(TableId table, Chain chain) {
        return table.family() != Family.INET
                && table.name().equals("filter")
                && chain.name().equals("FORWARD");
    }

    /** Leads a chain to the admission in its table, before all that it does. */
    static NftTransaction entrance(InstalledTable installed, String chain) {
        Optional<InstalledChain> found = installed.chain(chain);
        if (found.isEmpty() || hasEntrance(found.get())) {
            return NftTransaction.builder().build();
        }
        return NftTransaction.builder()
                .ifGeneration(installed.generation())
                .insertRule(
                        installed.table().id(),
                        chain,
                        Rule.in(installed.table().id().family())
                                .jump(ENTRY)
                                .comment(ENTRANCE)
                                .build())
                .build();
    }

    /** Whether a chain leads to the admission in its table. */
    static boolean hasEntrance(InstalledChain chain) {
        for (InstalledRule rule : chain.rules()) {
            if (rule.rule().comment().equals(ENTRANCE)) {
                return true;
            }
        }
        return false;
    }
}
