package dev.kakehashi.linux.nft;

import dev.kakehashi.linux.netlink.Attribute;
import dev.kakehashi.linux.netlink.Attributes;
import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;
import dev.kakehashi.linux.netlink.NetlinkMessage;
import dev.kakehashi.linux.nft.expr.Cmp;
import dev.kakehashi.linux.nft.expr.CmpOp;
import dev.kakehashi.linux.nft.expr.Counter;
import dev.kakehashi.linux.nft.expr.Expression;
import dev.kakehashi.linux.nft.expr.ExpressionCodec;
import dev.kakehashi.linux.nft.expr.Meta;
import dev.kakehashi.linux.nft.expr.MetaKey;
import dev.kakehashi.linux.nft.expr.Xtables;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** Rules as netlink attributes (enum nft_rule_attributes). */
final class RuleCodec {
    static final int NFTA_RULE_TABLE = 1;
    static final int NFTA_RULE_CHAIN = 2;
    static final int NFTA_RULE_HANDLE = 3;
    static final int NFTA_RULE_POSITION = 6;
    private static final int NFTA_RULE_EXPRESSIONS = 4;
    private static final int NFTA_RULE_COMPAT = 5;
    private static final int NFTA_RULE_COMPAT_PROTO = 1;
    private static final int NFTA_RULE_COMPAT_FLAGS = 2;
    private static final int NFTA_RULE_USERDATA = 7;
    private static final int NFTA_LIST_ELEM = 1;

    private RuleCodec() {}

    static void write(MessageWriter writer, Rule rule) {
        OptionalInt protocol = protocolOfXtables(rule);
        if (protocol.isPresent()) {
            int compat = writer.begin(NFTA_RULE_COMPAT);
            writer.be32(NFTA_RULE_COMPAT_PROTO, protocol.getAsInt());
            writer.be32(NFTA_RULE_COMPAT_FLAGS, 0);
            writer.end(compat);
        }
        int list = writer.begin(NFTA_RULE_EXPRESSIONS);
        for (Expression expression : rule.expressions()) {
            ExpressionCodec.write(writer, NFTA_LIST_ELEM, expression);
        }
        writer.end(list);
        if (!rule.comment().isEmpty()) {
            writer.bytes(NFTA_RULE_USERDATA, UserData.comment(UserData.COMMENT, rule.comment()));
        }
    }

    /**
     * Extensions of x_tables want to know the protocol that the rule is about. The kernel forgets
     * what it was told; the rule's own comparison says it.
     */
    private static OptionalInt protocolOfXtables(Rule rule) {
        OptionalInt protocol = OptionalInt.empty();
        boolean extended = false;
        Expression before = new Counter();
        for (Expression expression : rule.expressions()) {
            if (expression instanceof Cmp cmp
                    && before instanceof Meta meta
                    && meta.key() == MetaKey.L4PROTO
                    && cmp.op() == CmpOp.EQ) {
                protocol = OptionalInt.of(cmp.value().bytes()[0] & 0xff);
            }
            extended |= expression instanceof Xtables;
            before = expression;
        }
        return extended ? protocol : OptionalInt.empty();
    }

    static Listed read(NetlinkMessage message) throws MalformedMessageException {
        String table = "";
        String chain = "";
        String comment = "";
        long handle = 0;
        List<Expression> expressions = new ArrayList<>();
        List<Counter.Count> counts = new ArrayList<>();
        Attributes attributes = message.payload().attributes(NftMessage.NFGENMSG);
        while (attributes.next()) {
            Attribute a = attributes.attribute();
            switch (a.type()) {
                case NFTA_RULE_TABLE -> table = a.string();
                case NFTA_RULE_CHAIN -> chain = a.string();
                case NFTA_RULE_HANDLE -> handle = a.be64();
                case NFTA_RULE_EXPRESSIONS -> expressions(a.nested(), expressions, counts);
                case NFTA_RULE_USERDATA -> comment = UserData.comment(a.bytes(), UserData.COMMENT);
                default -> {}
            }
        }
        InstalledRule rule = new InstalledRule(handle, new Rule(expressions, comment), counts);
        return new Listed(message.payload().u8(0), table, chain, rule);
    }

    /** The handle of a rule that need not be understood; 0 if it has none. */
    static long handle(NetlinkMessage message) throws MalformedMessageException {
        Attributes attributes = message.payload().attributes(NftMessage.NFGENMSG);
        while (attributes.next()) {
            if (attributes.attribute().type() == NFTA_RULE_HANDLE) {
                return attributes.attribute().be64();
            }
        }
        return 0;
    }

    private static void expressions(
            Attributes list, List<Expression> expressions, List<Counter.Count> counts)
            throws MalformedMessageException {
        while (list.next()) {
            Attribute element = list.attribute();
            expressions.add(ExpressionCodec.read(element.nested()));
            if (expressions.getLast() instanceof Counter) {
                ExpressionCodec.count(element.nested()).ifPresent(counts::add);
            }
        }
    }

    /**
     * Asks for the rules of a table.
     *
     * @param chain of which; empty for all
     */
    static NftMessage list(TableId table, String chain) {
        return NftMessage.of(
                NftMessage.GETRULE,
                0,
                table.family(),
                "list rules of " + table,
                w -> {
                    w.string(NFTA_RULE_TABLE, table.name());
                    if (!chain.isEmpty()) {
                        w.string(NFTA_RULE_CHAIN, chain);
                    }
                });
    }

    /** A rule and where it is. */
    record Listed(int family, String table, String chain, InstalledRule rule) {
        boolean isIn(TableId id) {
            return family == id.family().number() && table.equals(id.name());
        }
    }
}
