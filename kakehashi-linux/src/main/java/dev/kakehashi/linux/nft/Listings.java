package dev.kakehashi.linux.nft;

import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.NetlinkMessage;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The chains of tables as the kernel listed them last, and what they were read as. Each ADD looks
 * whether the chains that all containers share are as they should be. They mostly are as they were,
 * and bytes are compared many times faster than understood. The same bytes mean the same whichever
 * namespace they come from. Thread-safe.
 */
final class Listings {
    private static final int MOST_TABLES = 8;

    /** A table of ours takes a tenth; what others have may be thousands of chains. */
    private static final int MOST_BYTES = 64 * 1024;

    private static final Map<TableId, Listing> LAST =
            new LinkedHashMap<>(MOST_TABLES * 2, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<TableId, Listing> eldest) {
                    return size() > MOST_TABLES;
                }
            };

    /** What was listed, and what it means. */
    private record Listing(
            List<NetlinkMessage> chains,
            List<NetlinkMessage> rules,
            List<InstalledChain> installed) {}

    private Listings() {}

    /**
     * The chains of a table with their rules: the very list that was returned before, if nothing is
     * another.
     *
     * @param chains the kernel's messages about the chains of the table
     * @param rules those about its rules
     */
    static List<InstalledChain> read(
            TableId table, List<NetlinkMessage> chains, List<NetlinkMessage> rules)
            throws MalformedMessageException {
        Listing last;
        synchronized (LAST) {
            last = LAST.get(table);
        }
        if (last != null && isSame(chains, last.chains()) && isSame(rules, last.rules())) {
            return last.installed();
        }
        List<InstalledChain> installed = decode(table, chains, rules);
        if (size(chains) + size(rules) <= MOST_BYTES) {
            synchronized (LAST) {
                LAST.put(table, new Listing(chains, rules, installed));
            }
        }
        return installed;
    }

    private static List<InstalledChain> decode(
            TableId table, List<NetlinkMessage> chains, List<NetlinkMessage> rules)
            throws MalformedMessageException {
        List<Chain> read = new ArrayList<>(chains.size());
        for (NetlinkMessage message : chains) {
            Optional<Chain> chain = ChainCodec.read(message, table);
            chain.ifPresent(read::add);
        }
        List<RuleCodec.Listed> listed = new ArrayList<>(rules.size());
        for (NetlinkMessage message : rules) {
            listed.add(RuleCodec.read(message));
        }
        return Questions.installed(table, read, listed);
    }

    /** Of {@code struct nfgenmsg} only the family counts: the rest is the generation. */
    private static boolean isSame(List<NetlinkMessage> one, List<NetlinkMessage> other)
            throws MalformedMessageException {
        if (one.size() != other.size()) {
            return false;
        }
        for (int i = 0; i < one.size(); i++) {
            NetlinkMessage message = one.get(i);
            NetlinkMessage before = other.get(i);
            if (message.type() != before.type()
                    || message.payload().u8(0) != before.payload().u8(0)
                    || !message.payload().isSameFrom(NftMessage.NFGENMSG, before.payload())) {
                return false;
            }
        }
        return true;
    }

    private static int size(List<NetlinkMessage> messages) {
        int size = 0;
        for (NetlinkMessage message : messages) {
            size += message.payload().length();
        }
        return size;
    }
}
