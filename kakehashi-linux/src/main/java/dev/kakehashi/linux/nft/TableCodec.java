package dev.kakehashi.linux.nft;

import dev.kakehashi.linux.netlink.Attribute;
import dev.kakehashi.linux.netlink.Attributes;
import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;
import dev.kakehashi.linux.netlink.NetlinkMessage;

/** Tables as netlink attributes (enum nft_table_attributes). */
final class TableCodec {
    static final int NFTA_TABLE_NAME = 1;
    private static final int NFTA_TABLE_FLAGS = 2;
    private static final int NFTA_TABLE_USERDATA = 6;

    private TableCodec() {}

    static void write(MessageWriter writer, Table table) {
        writer.string(NFTA_TABLE_NAME, table.id().name());
        writer.be32(NFTA_TABLE_FLAGS, table.flagBits());
        if (!table.comment().isEmpty()) {
            writer.bytes(NFTA_TABLE_USERDATA, UserData.comment(UserData.COMMENT, table.comment()));
        }
    }

    static Table read(NetlinkMessage message) throws MalformedMessageException {
        Family family = Family.of(message.payload().u8(0));
        String name = "";
        int flags = 0;
        String comment = "";
        Attributes attributes = message.payload().attributes(NftMessage.NFGENMSG);
        while (attributes.next()) {
            Attribute a = attributes.attribute();
            switch (a.type()) {
                case NFTA_TABLE_NAME -> name = a.string();
                case NFTA_TABLE_FLAGS -> flags = a.be32();
                case NFTA_TABLE_USERDATA -> comment = UserData.comment(a.bytes(), UserData.COMMENT);
                default -> {}
            }
        }
        return new Table(new TableId(family, name), comment, Table.flags(flags));
    }
}
