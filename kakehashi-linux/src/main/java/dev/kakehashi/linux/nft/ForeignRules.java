package dev.kakehashi.linux.nft;

import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.NetlinkMessage;
import dev.kakehashi.linux.netlink.Payload;
import dev.kakehashi.linux.netns.Netns;

import java.util.Collection;
import java.util.Optional;

/**
 * A look at what other programs keep in nftables, such as {@code iptables-nft(8)}, without decoding
 * it: whether it is worth running the program.
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

    private static boolean mentions(NetlinkMessage message, Collection<byte[]> words)
            throws MalformedMessageException {
        Payload payload = message.payload();
        byte[] bytes = payload.bytes(0, payload.length());
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
