package dev.kakehashi.linux.nft;

import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.NetlinkMessage;
import dev.kakehashi.linux.netlink.Payload;
import dev.kakehashi.linux.netns.Netns;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What other programs keep in nftables, such as {@code iptables-nft(8)}, without decoding it:
 * whether it is worth running the program, and the removal of what can be known without.
 */
public final class ForeignRules {

    private final KernelNft nft;
    private final TableId table;

    private ForeignRules(KernelNft nft, TableId table) {
        this.nft = nft;
        this.table = table;
    }

    /**
     * The rules of a table, which need not be there.
     *
     * @param netns stays owned by the caller
     */
    public static ForeignRules in(Netns netns, TableId table) {
        return new ForeignRules(new KernelNft(netns, Optional.empty()), table);
    }

    /** Whether the table is there. Equivalent to: {@code nft list table TABLE}. */
    public boolean isThere() throws NftException {
        return nft.exchange("list table " + table, socket -> Questions.hasTable(socket, table));
    }

    /** Whether the table has a chain. Equivalent to: {@code nft list chain TABLE CHAIN}. */
    public boolean hasChain(String chain) throws NftException {
        return nft.exchange(
                "list chain " + table + " " + chain,
                socket -> Questions.chain(socket, table, chain).isPresent());
    }

    /**
     * Whether any of these words is somewhere in the messages of a chain's rules: text of a comment
     * or the bytes of an address. It may be there by accident; where it is not, no rule is about
     * it. False when the chain is not there. Equivalent to: {@code nft list chain TABLE CHAIN |
     * grep}.
     */
    public boolean mention(String chain, Collection<byte[]> words) throws NftException {
        return nft.exchange(
                "list rules of " + table + " " + chain,
                socket ->
                        !socket.dump(
                                        RuleCodec.list(table, chain),
                                        message ->
                                                mentions(message, words)
                                                        ? Optional.of(message)
                                                        : Optional.empty())
                                .isEmpty());
    }

    /**
     * The rules of a chain with one of some words in their messages; none when the chain is not
     * there. Equivalent to: {@code nft list chain TABLE CHAIN | grep}.
     *
     * @param words text of comments, names of chains or extensions
     */
    public List<Rule> rules(String chain, Collection<byte[]> words) throws NftException {
        return nft.exchange(
                "list rules of " + table + " " + chain,
                socket ->
                        socket.dump(
                                RuleCodec.list(table, chain),
                                message ->
                                        mentions(message, words)
                                                ? Optional.of(RuleCodec.read(message).rule().rule())
                                                : Optional.empty()));
    }

    /** Changes the table. Equivalent to: {@code nft -f}. */
    public void apply(NftTransaction change) throws NftException {
        nft.apply(change);
    }

    /**
     * Removes the rules of a chain that have a word somewhere in their messages. Equivalent to:
     * {@code nft delete rule TABLE CHAIN handle N} for each.
     *
     * @param word that nothing else contains by accident
     */
    public void removeRules(String chain, byte[] word) throws NftException {
        NftTransaction.Builder change = NftTransaction.builder();
        for (Map.Entry<Long, byte[]> rule : find(chain, word)) {
            change.deleteRule(table, chain, rule.getKey());
        }
        nft.apply(change.build());
    }

    /**
     * Removes a chain with its rules, and what leads to it, if that is as it is known to be.
     * Equivalent to: {@code nft delete rule TABLE ENTRY handle N} for each rule that leads there,
     * {@code nft delete chain TABLE CHAIN}, in one transaction.
     *
     * @param chain a name that nothing else contains by accident
     * @param entry the chain whose rules lead there; others must not
     * @param words what is in the messages of the rules that lead there, one for each
     * @return whether the chain was there and is gone; if not, nothing has changed
     */
    public boolean removeChain(String chain, String entry, Collection<byte[]> words)
            throws NftException {
        if (!hasChain(chain)) {
            return false;
        }
        List<Map.Entry<Long, byte[]>> rules =
                find(entry, chain.getBytes(StandardCharsets.US_ASCII));
        if (rules.size() != words.size()) {
            return false;
        }
        for (byte[] word : words) {
            if (rules.stream().noneMatch(rule -> contains(rule.getValue(), word))) {
                return false;
            }
        }
        NftTransaction.Builder change = NftTransaction.builder();
        for (Map.Entry<Long, byte[]> rule : rules) {
            change.deleteRule(table, entry, rule.getKey());
        }
        nft.apply(change.deleteChain(table, chain).build());
        return true;
    }

    /** The rules of a chain with a word in their messages: their handles and messages. */
    private List<Map.Entry<Long, byte[]>> find(String chain, byte[] word) throws NftException {
        return nft.exchange(
                "list rules of " + table + " " + chain,
                socket ->
                        socket.dump(
                                RuleCodec.list(table, chain),
                                message ->
                                        mentions(message, List.of(word))
                                                ? Optional.of(found(message))
                                                : Optional.empty()));
    }

    private static Map.Entry<Long, byte[]> found(NetlinkMessage message)
            throws MalformedMessageException {
        return Map.entry(RuleCodec.handle(message), bytes(message));
    }

    private static byte[] bytes(NetlinkMessage message) throws MalformedMessageException {
        Payload payload = message.payload();
        return payload.bytes(0, payload.length());
    }

    private static boolean mentions(NetlinkMessage message, Collection<byte[]> words)
            throws MalformedMessageException {
        byte[] bytes = bytes(message);
        for (byte[] word : words) {
            if (contains(bytes, word)) {
                return true;
            }
        }
        return false;
    }

    private static boolean contains(byte[] bytes, byte[] word) {
        for (int start = 0; start <= bytes.length - word.length; start++) {
            int same = 0;
            while (same < word.length && bytes[start + same] == word[same]) {
                same++;
            }
            if (same == word.length) {
                return true;
            }
        }
        return false;
    }
}
