package dev.kakehashi.linux.nft;

import dev.kakehashi.linux.netlink.Attribute;
import dev.kakehashi.linux.netlink.Attributes;
import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;
import dev.kakehashi.linux.netlink.NetlinkMessage;
import dev.kakehashi.linux.nft.expr.Counter;
import dev.kakehashi.linux.nft.expr.Expression;
import dev.kakehashi.linux.nft.expr.ExpressionCodec;

import java.util.ArrayList;
import java.util.List;

/** Rules as netlink attributes (enum nft_rule_attributes). */
final class RuleCodec {
    static final int NFTA_RULE_TABLE = 1;
    static final int NFTA_RULE_CHAIN = 2;
    static final int NFTA_RULE_HANDLE = 3;
    static final int NFTA_RULE_POSITION = 6;
    private static final int NFTA_RULE_EXPRESSIONS = 4;
    private static final int NFTA_RULE_USERDATA = 7;
    private static final int NFTA_LIST_ELEM = 1;

    private RuleCodec() {}

    static void write(MessageWriter writer, Rule rule) {
        int list = writer.begin(NFTA_RULE_EXPRESSIONS);
        for (Expression expression : rule.expressions()) {
            ExpressionCodec.write(writer, NFTA_LIST_ELEM, expression);
        }
        writer.end(list);
        if (!rule.comment().isEmpty()) {
            writer.bytes(NFTA_RULE_USERDATA, UserData.comment(UserData.COMMENT, rule.comment()));
        }
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
