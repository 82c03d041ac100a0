package dev.kakehashi.linux.nft;

import dev.kakehashi.linux.netlink.Attribute;
import dev.kakehashi.linux.netlink.Attributes;
import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;
import dev.kakehashi.linux.netlink.NetlinkMessage;

import java.util.Optional;
import java.util.Set;

/** Chains as netlink attributes (enum nft_chain_attributes, nft_hook_attributes). */
final class ChainCodec {
    static final int NFTA_CHAIN_TABLE = 1;
    static final int NFTA_CHAIN_NAME = 3;
    private static final int NFTA_CHAIN_HOOK = 4;
    private static final int NFTA_CHAIN_POLICY = 5;
    private static final int NFTA_CHAIN_TYPE = 7;
    private static final int NFTA_CHAIN_USERDATA = 12;
    private static final int NFTA_HOOK_HOOKNUM = 1;
    private static final int NFTA_HOOK_PRIORITY = 2;
    private static final int NFTA_HOOK_DEV = 3;

    private ChainCodec() {}

    static void write(MessageWriter writer, TableId table, Chain chain) {
        writer.string(NFTA_CHAIN_TABLE, table.name());
        writer.string(NFTA_CHAIN_NAME, chain.name());
        chain.base()
                .ifPresent(base -> {
                    int hook = writer.begin(NFTA_CHAIN_HOOK);
                    writer.be32(NFTA_HOOK_HOOKNUM, base.hook().number(table.family()));
                    writer.be32(NFTA_HOOK_PRIORITY, base.priority());
                    if (!base.device().isEmpty()) {
                        writer.string(NFTA_HOOK_DEV, base.device());
                    }
                    writer.end(hook);
                    writer.be32(NFTA_CHAIN_POLICY, base.policy().number());
                    writer.string(NFTA_CHAIN_TYPE, base.type().text());
                });
        if (!chain.comment().isEmpty()) {
            writer.bytes(NFTA_CHAIN_USERDATA, UserData.comment(UserData.COMMENT, chain.comment()));
        }
    }

    /** The table that a chain is in, if that is of one of these families. */
    static Optional<TableId> table(NetlinkMessage message, Set<Family> families)
            throws MalformedMessageException {
        int number = message.payload().u8(0);
        for (Family family : families) {
            if (family.number() == number) {
                Attributes attributes = message.payload().attributes(NftMessage.NFGENMSG);
                while (attributes.next()) {
                    if (attributes.attribute().type() == NFTA_CHAIN_TABLE) {
                        return Optional.of(new TableId(family, attributes.attribute().string()));
                    }
                }
            }
        }
        return Optional.empty();
    }

    /** Whether a chain is one of a table: the kernel lists those of all tables. */
    static boolean isIn(NetlinkMessage message, TableId table) throws MalformedMessageException {
        return table(message, Set.of(table.family())).filter(table::equals).isPresent();
    }

    /**
     * The chain, if it is one of the table. Also empty for a chain that this library does not know
     * the like of (at a newer hook, or at several devices): nobody here could have made it.
     */
    static Optional<Chain> read(NetlinkMessage message, TableId table)
            throws MalformedMessageException {
        String owner = "";
        String name = "";
        String type = "";
        String comment = "";
        Policy policy = Policy.ACCEPT;
        Optional<Attribute> hook = Optional.empty();
        Attributes attributes = message.payload().attributes(NftMessage.NFGENMSG);
        while (attributes.next()) {
            Attribute a = attributes.attribute();
            switch (a.type()) {
                case NFTA_CHAIN_TABLE -> owner = a.string();
                case NFTA_CHAIN_NAME -> name = a.string();
                case NFTA_CHAIN_TYPE -> type = a.string();
                case NFTA_CHAIN_POLICY -> policy = a.be32() == 0 ? Policy.DROP : Policy.ACCEPT;
                case NFTA_CHAIN_HOOK -> hook = Optional.of(a);
                case NFTA_CHAIN_USERDATA -> comment = UserData.comment(a.bytes(), UserData.COMMENT);
                default -> {}
            }
        }
        if (!owner.equals(table.name()) || message.payload().u8(0) != table.family().number()) {
            return Optional.empty();
        }
        try {
            Optional<BaseHook> base =
                    hook.isEmpty()
                            ? Optional.empty()
                            : Optional.of(base(table.family(), hook.get(), type, policy));
            return Optional.of(new Chain(name, base, comment));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private static BaseHook base(Family family, Attribute hook, String type, Policy policy)
            throws MalformedMessageException {
        int number = 0;
        int priority = 0;
        String device = "";
        Attributes attributes = hook.nested();
        while (attributes.next()) {
            Attribute a = attributes.attribute();
            switch (a.type()) {
                case NFTA_HOOK_HOOKNUM -> number = a.be32();
                case NFTA_HOOK_PRIORITY -> priority = a.be32();
                case NFTA_HOOK_DEV -> device = a.string();
                default -> {}
            }
        }
        return new BaseHook(ChainType.of(type), Hook.of(family, number), priority, policy, device);
    }
}
