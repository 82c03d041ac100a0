package dev.kakehashi.state.reconcile;

import dev.kakehashi.linux.netlink.Attributes;
import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.NetlinkMessage;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.NftChain;
import dev.kakehashi.state.NftElements;
import dev.kakehashi.state.NftRules;
import dev.kakehashi.state.NftTable;
import dev.kakehashi.state.Resource;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;

/** Whether a notification of nftables may be about a table that is wanted or spoken of. */
final class NftRelevance {
    /** {@code struct nfgenmsg}, linux/netfilter/nfnetlink.h. */
    private static final int NFGENMSG = 4;

    /** The end of a transaction, NFT_MSG_NEWGEN of NFNL_SUBSYS_NFTABLES: in no table. */
    private static final int NEWGEN = 10 << 8 | 15;

    /** NFTA_TABLE_NAME, NFTA_CHAIN_TABLE, NFTA_RULE_TABLE, NFTA_SET_TABLE …: all are 1. */
    private static final int TABLE = 1;

    private final NamespaceId namespace;
    private final IntPredicate own;
    private Optional<DesiredState> unread = Optional.empty();
    private Set<String> tables = Set.of();

    /**
     * Nothing is wanted yet.
     *
     * @param own whether a port number is of a socket by which the wanted is made
     */
    NftRelevance(NamespaceId namespace, IntPredicate own) {
        this.namespace = namespace;
        this.own = own;
    }

    /** From now on this is wanted. */
    synchronized void wanted(DesiredState desired) {
        unread = Optional.of(desired); // who wants it need not wait for the reading
    }

    private void read(DesiredState desired) {
        unread = Optional.empty();
        Set<String> names = new HashSet<>();
        for (Resource resource : desired.byKey(namespace).values()) {
            switch (resource) {
                case NftTable table -> names.add(table.ruleset().id().name());
                case NftChain chain -> names.add(chain.table().id().name());
                case NftRules rules -> names.add(rules.table().name());
                case NftElements elements -> names.add(elements.table().id().name());
                default -> {}
            }
        }
        tables = names;
    }

    /** Whether a message may matter. */
    synchronized boolean concerns(NetlinkMessage message) {
        if (message.type() == NEWGEN || own.test(message.port())) {
            return false;
        }
        unread.ifPresent(this::read);
        try {
            Attributes attributes = message.payload().attributes(NFGENMSG);
            while (attributes.next()) {
                if (attributes.attribute().type() == TABLE) {
                    return tables.contains(attributes.attribute().string());
                }
            }
            return false;
        } catch (MalformedMessageException e) {
            return true; // a look at the whole does no harm
        }
    }
}
