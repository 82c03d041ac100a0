package dev.kakehashi.linux.nft;

import dev.kakehashi.linux.netlink.MessageWriter;
import dev.kakehashi.linux.netlink.NetlinkRequest;

import java.util.function.Consumer;

/**
 * A message of nfnetlink: {@code struct nfgenmsg} and attributes (linux/netfilter/nfnetlink.h,
 * nf_tables.h).
 *
 * @param type {@code nlmsg_type}
 * @param flags {@code nlmsg_flags}
 * @param family {@code nfgen_family}
 * @param resource {@code res_id}: the subsystem in the messages around a batch, else 0
 * @param body writes the attributes
 * @param text the nft command, for errors
 */
record NftMessage(
        int type, int flags, int family, int resource, Consumer<MessageWriter> body, String text)
        implements NetlinkRequest {
    static final int NEWTABLE = 0;
    static final int GETTABLE = 1;
    static final int DELTABLE = 2;
    static final int NEWCHAIN = 3;
    static final int GETCHAIN = 4;
    static final int DELCHAIN = 5;
    static final int NEWRULE = 6;
    static final int GETRULE = 7;
    static final int DELRULE = 8;
    static final int NEWSET = 9;
    static final int GETSET = 10;
    static final int DELSET = 11;
    static final int NEWSETELEM = 12;
    static final int GETSETELEM = 13;
    static final int DELSETELEM = 14;
    static final int NEWGEN = 15;
    static final int GETGEN = 16;
    static final int DESTROYTABLE = 26;
    static final int DESTROYCHAIN = 27;
    static final int DESTROYSET = 29;
    static final int DESTROYSETELEM = 30;

    /** The size of {@code struct nfgenmsg}. */
    static final int NFGENMSG = 4;

    private static final int NFNL_SUBSYS_NFTABLES = 10;
    private static final int NFNL_MSG_BATCH_BEGIN = 16;
    private static final int NFNL_MSG_BATCH_END = 17;
    private static final int NFNL_BATCH_GENID = 1;
    private static final int AF_UNSPEC = 0;

    /** A message of nf_tables. */
    static NftMessage of(
            int message, int flags, Family family, String text, Consumer<MessageWriter> body) {
        return new NftMessage(type(message), flags, family.number(), 0, body, text);
    }

    /** The request for the generation of the namespace's rules. */
    static NftMessage generation() {
        return new NftMessage(type(GETGEN), 0, AF_UNSPEC, 0, _ -> {}, "list generation");
    }

    /** The request for the tables of all families. */
    static NftMessage tables() {
        return new NftMessage(type(GETTABLE), 0, AF_UNSPEC, 0, _ -> {}, "list tables");
    }

    /** The request for the chains of all tables of all families. */
    static NftMessage chains() {
        return new NftMessage(type(GETCHAIN), 0, AF_UNSPEC, 0, _ -> {}, "list chains");
    }

    /** The beginning of a transaction, for whichever generation. */
    static NftMessage begin(String text) {
        return around(NFNL_MSG_BATCH_BEGIN, text, _ -> {});
    }

    /** The beginning of a transaction that is refused in another generation. */
    static NftMessage begin(String text, int generation) {
        return around(
                NFNL_MSG_BATCH_BEGIN, text, writer -> writer.be32(NFNL_BATCH_GENID, generation));
    }

    /** The end of a transaction. */
    static NftMessage end(String text) {
        return around(NFNL_MSG_BATCH_END, text, _ -> {});
    }

    private static NftMessage around(int type, String text, Consumer<MessageWriter> body) {
        return new NftMessage(type, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES, body, text);
    }

    /** {@code nlmsg_type} of a message of nf_tables. */
    static int type(int message) {
        return NFNL_SUBSYS_NFTABLES << 8 | message;
    }

    @Override
    public void writeTo(MessageWriter writer) {
        int version = 0;
        writer.u8(family).u8(version).be16(resource);
        body.accept(writer);
    }

    @Override
    public String toString() {
        return "nft " + text;
    }
}
