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
import dev.kakehashi.linux.nft.RuleBuilder;
import dev.kakehashi.linux.nft.Table;
import dev.kakehashi.linux.nft.TableId;
import dev.kakehashi.plugins.attachment.Sha512;
import dev.kakehashi.state.NftChain;
import dev.kakehashi.state.NftRules;
import dev.kakehashi.state.Resource;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Drops frames with another source address than the container's, by rules in the table, chains and
 * comments of the reference plugin. Pure.
 *
 * <p>{@code PREROUTING} jumps for the host end of a veth pair to its chain, that one to a second,
 * which returns for the container's address and drops everything else.
 */
public final class SpoofRules {

    /** The table, which the plugins of the host share. */
    public static final TableId TABLE = new TableId(Family.BRIDGE, "nat");

    private static final Table SHARED = Table.of(TABLE.family(), TABLE.name());
    private static final String PREROUTING = "PREROUTING";
    private static final String CHAIN_PREFIX = "cni-br-iface-";
    private static final String COMMENT_PREFIX = "macspoofchk-";

    /** {@code NFTNL_UDATA_COMMENT_MAXLEN} of libnftables, 128, is the shortest of the limits. */
    private static final int MAX_ID = 128 - COMMENT_PREFIX.length();

    private static final int HASH_LENGTH = 16;

    private SpoofRules() {}

    /**
     * The rules of one interface of a container. Nothing of them names the network.
     *
     * @param hostName the host end of its pair
     * @param mac the only source address that may come from there
     */
    public static List<Resource> resources(
            String containerId, String ifName, String hostName, MacAddress mac) {
        String id = id(containerId, ifName);
        String ifaceChain = CHAIN_PREFIX + id;
        String macChain = macChain(ifaceChain);
        return List.of(
                NftChain.shared(
                        SHARED,
                        Chain.base(
                                PREROUTING,
                                ChainType.FILTER,
                                Hook.PREROUTING,
                                Priority.BRIDGE_DSTNAT)),
                // Removed in this order: what is jumped to cannot go first.
                NftRules.of(TABLE, PREROUTING, rule(id).iifname(hostName).jump(ifaceChain).build()),
                NftChain.owned(SHARED, Chain.regular(ifaceChain), rule(id).jump(macChain).build()),
                NftChain.owned(
                        SHARED,
                        Chain.regular(macChain),
                        rule(id).etherSaddr(mac).returns().build(),
                        rule(id).drop().build()));
    }

    /**
     * Whatever rules an interface has: for their removal, which goes by comment and chain names.
     */
    public static List<Resource> all(String containerId, String ifName) {
        return resources(containerId, ifName, "veth", MacAddress.ZERO);
    }

    /**
     * Removes the rules and chains for host ends that are not there any more, whatever network they
     * were of.
     *
     * @param installed the table as it is, if it is
     * @param links the names of all links of the host
     */
    public static NftTransaction collect(Optional<InstalledTable> installed, Set<String> links) {
        NftTransaction.Builder change = NftTransaction.builder();
        Set<String> chains = new LinkedHashSet<>();
        List<InstalledRule> entrance =
                installed
                        .flatMap(table -> table.chain(PREROUTING))
                        .map(InstalledChain::rules)
                        .orElse(List.of());
        for (InstalledRule rule : entrance) {
            String text = rule.rule().text(Family.BRIDGE);
            if (rule.rule().comment().startsWith(COMMENT_PREFIX)
                    && !links.contains(between(text, "iifname \"", "\""))) {
                change.deleteRule(TABLE, PREROUTING, rule.handle());
                chains.add(between(text, "jump ", " "));
            }
        }
        for (String chain : chains) {
            for (String name : List.of(chain, macChain(chain))) {
                if (installed.flatMap(table -> table.chain(name)).isPresent()) {
                    change.flushChain(TABLE, name).deleteChain(TABLE, name);
                }
            }
        }
        return change.build();
    }

    /** What stands between two texts; empty where they do not occur. */
    private static String between(String text, String before, String after) {
        int start = text.indexOf(before);
        int end = start < 0 ? -1 : text.indexOf(after, start + before.length());
        return end < 0 ? "" : text.substring(start + before.length(), end);
    }

    /** What names and comments hold of an interface. Of a long one the end is a hash. */
    private static String id(String containerId, String ifName) {
        String id = containerId + "-" + ifName;
        return id.length() <= MAX_ID
                ? id
                : id.substring(0, MAX_ID - HASH_LENGTH - 1) + "-" + Sha512.hex(id, HASH_LENGTH);
    }

    private static String macChain(String ifaceChain) {
        return ifaceChain + "-mac";
    }

    private static RuleBuilder rule(String id) {
        return Rule.in(Family.BRIDGE).comment(COMMENT_PREFIX + id);
    }
}
