package dev.kakehashi.plugins.spoofcheck;

import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.nft.Chain;
import dev.kakehashi.linux.nft.ChainType;
import dev.kakehashi.linux.nft.Family;
import dev.kakehashi.linux.nft.Hook;
import dev.kakehashi.linux.nft.InstalledChain;
import dev.kakehashi.linux.nft.InstalledRule;
import dev.kakehashi.linux.nft.InstalledTable;
import dev.kakehashi.linux.nft.NftTransaction;
import dev.kakehashi.linux.nft.Priority;
import dev.kakehashi.linux.nft.Rule;
import dev.kakehashi.linux.nft.Table;
import dev.kakehashi.linux.nft.TableId;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The rules of the MAC spoof check, in the table, chains and comments of the reference plugin.
 * Pure: what is to be done follows from what the table has.
 *
 * <p>{@code PREROUTING} jumps for the host end of a veth pair to its chain, that one to a second,
 * which returns for the container's address and drops everything else.
 */
final class SpoofRules {

    /** The shared table. */
    static final TableId TABLE = new TableId(Family.BRIDGE, "nat");

    private static final String PREROUTING = "PREROUTING";
    private static final String CHAIN_PREFIX = "cni-br-iface-";

    /** {@code NFTNL_UDATA_COMMENT_MAXLEN} of libnftables. */
    private static final int COMMENT_MAX = 128;

    private static final String COMMENT_PREFIX = "macspoofchk-";

    private final String id;
    private final String ifaceChain;
    private final String macChain;

    private SpoofRules(String id) {
        this.id = id;
        this.ifaceChain = CHAIN_PREFIX + id;
        this.macChain = ifaceChain + "-mac";
    }

    /** The rules of one interface of a container. */
    static SpoofRules of(String containerId, String ifName) {
        return new SpoofRules(containerId + "-" + ifName);
    }

    /** Makes the rules, in place of those that are left of an earlier attachment of that name. */
    NftTransaction setUp(Optional<InstalledTable> installed, String hostVeth, MacAddress mac) {
        NftTransaction.Builder change =
                NftTransaction.builder()
                        .addTable(Table.of(Family.BRIDGE, "nat"))
                        .addChain(
                                TABLE,
                                Chain.base(
                                        PREROUTING,
                                        ChainType.FILTER,
                                        Hook.PREROUTING,
                                        Priority.BRIDGE_DSTNAT))
                        .addChain(TABLE, Chain.regular(ifaceChain))
                        .addChain(TABLE, Chain.regular(macChain))
                        .flushChain(TABLE, ifaceChain)
                        .flushChain(TABLE, macChain);
        removeEntrance(change, installed, ruleOf(id));
        for (Entry entry : rules(hostVeth, mac)) {
            change.addRule(TABLE, entry.chain(), entry.rule());
        }
        return change.build();
    }

    /** A rule and where it is. */
    record Entry(String chain, Rule rule) {}

    /** All rules, in their order. */
    List<Entry> rules(String hostVeth, MacAddress mac) {
        return List.of(
                new Entry(
                        PREROUTING,
                        Rule.in(Family.BRIDGE)
                                .iifname(hostVeth)
                                .jump(ifaceChain)
                                .comment(comment())
                                .build()),
                new Entry(
                        ifaceChain,
                        Rule.in(Family.BRIDGE).jump(macChain).comment(comment()).build()),
                new Entry(
                        macChain,
                        Rule.in(Family.BRIDGE)
                                .etherSaddr(mac)
                                .returns()
                                .comment(comment())
                                .build()),
                new Entry(macChain, Rule.in(Family.BRIDGE).drop().comment(comment()).build()));
    }

    /** Removes the rules and their chains; empty when there are none. Table and hook stay. */
    NftTransaction tearDown(Optional<InstalledTable> installed) {
        NftTransaction.Builder change = NftTransaction.builder();
        removeEntrance(change, installed, ruleOf(id));
        removeChains(change, installed, ifaceChain);
        return change.build();
    }

    /**
     * Removes the rules and chains for host ends that are not there any more. To which network an
     * interface belongs is not written on its rules.
     *
     * @param links the names of all links of the host
     */
    static NftTransaction collect(Optional<InstalledTable> installed, Set<String> links) {
        NftTransaction.Builder change = NftTransaction.builder();
        Set<String> ids = new LinkedHashSet<>();
        for (InstalledRule rule : entrance(installed)) {
            String comment = rule.rule().comment();
            if (comment.startsWith(COMMENT_PREFIX) && !links.contains(interfaceOf(rule.rule()))) {
                change.deleteRule(TABLE, PREROUTING, rule.handle());
                ids.add(comment.substring(COMMENT_PREFIX.length()));
            }
        }
        for (String id : ids) {
            removeChains(change, installed, CHAIN_PREFIX + id);
        }
        return change.build();
    }

    /** What {@code iifname} of a rule names; empty for none. */
    private static String interfaceOf(Rule rule) {
        String text = rule.text(Family.BRIDGE);
        String key = "iifname \"";
        int start = text.indexOf(key);
        int end = text.indexOf('"', start + key.length());
        return start < 0 || end < 0 ? "" : text.substring(start + key.length(), end);
    }

    private static Predicate<Rule> ruleOf(String id) {
        String comment = comment(id);
        return rule -> rule.comment().equals(comment);
    }

    private static void removeEntrance(
            NftTransaction.Builder change,
            Optional<InstalledTable> installed,
            Predicate<Rule> unwanted) {
        for (InstalledRule rule : entrance(installed)) {
            if (unwanted.test(rule.rule())) {
                change.deleteRule(TABLE, PREROUTING, rule.handle());
            }
        }
    }

    private static List<InstalledRule> entrance(Optional<InstalledTable> installed) {
        return installed
                .flatMap(table -> table.chain(PREROUTING))
                .map(InstalledChain::rules)
                .orElse(List.of());
    }

    private static void removeChains(
            NftTransaction.Builder change, Optional<InstalledTable> installed, String chain) {
        // The jumping one first: a chain that is jumped to cannot be deleted.
        for (String name : List.of(chain, chain + "-mac")) {
            if (installed.flatMap(table -> table.chain(name)).isPresent()) {
                change.deleteChain(TABLE, name);
            }
        }
    }

    /** What is missing of the rules; empty when nothing. */
    List<Rule> missing(Optional<InstalledTable> installed, String hostVeth, MacAddress mac) {
        return rules(hostVeth, mac).stream()
                .filter(entry ->
                        installed
                                .flatMap(table -> table.chain(entry.chain()))
                                .map(chain -> chain.contents().rules())
                                .orElse(List.of())
                                .stream()
                                .noneMatch(entry.rule()::equals))
                .map(Entry::rule)
                .toList();
    }

    private String comment() {
        return comment(id);
    }

    private static String comment(String id) {
        String text = COMMENT_PREFIX + id;
        return text.length() <= COMMENT_MAX ? text : text.substring(0, COMMENT_MAX);
    }
}
