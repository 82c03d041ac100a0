package dev.kakehashi.linux.nft;

import dev.kakehashi.linux.netlink.Attribute;
import dev.kakehashi.linux.netlink.Attributes;
import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;
import dev.kakehashi.linux.netlink.NetlinkMessage;
import dev.kakehashi.linux.nft.expr.DataType;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Sets and maps as netlink attributes (enum nft_set_attributes). */
final class SetCodec {
    static final int NFTA_SET_TABLE = 1;
    static final int NFTA_SET_NAME = 2;
    private static final int NFTA_SET_FLAGS = 3;
    private static final int NFTA_SET_KEY_TYPE = 4;
    private static final int NFTA_SET_KEY_LEN = 5;
    private static final int NFTA_SET_DATA_TYPE = 6;
    private static final int NFTA_SET_DATA_LEN = 7;
    private static final int NFTA_SET_DESC = 9;
    private static final int NFTA_SET_ID = 10;
    private static final int NFTA_SET_TIMEOUT = 11;
    private static final int NFTA_SET_USERDATA = 13;
    private static final int NFTA_SET_DESC_SIZE = 1;
    private static final int NFTA_SET_DESC_CONCAT = 2;
    private static final int NFTA_LIST_ELEM = 1;
    private static final int NFTA_SET_FIELD_LEN = 1;
    private static final int NFT_SET_MAP = 8;
    private static final int NFT_SET_CONCAT = 0x80;
    private static final int NFT_DATA_VERDICT = 0xffffff00;

    /**
     * TYPE_BITS of nftables' datatype.h: each field of a concatenation takes so many bits of its
     * number.
     */
    private static final int TYPE_BITS = 6;

    private static final int BYTEORDER_HOST = 1;
    private static final int BYTEORDER_NETWORK = 2;

    private SetCodec() {}

    /** Writes a set; the id tells the sets of one transaction apart. */
    static void write(MessageWriter writer, TableId table, NftSet set, int id) {
        writer.string(NFTA_SET_TABLE, table.name());
        writer.string(NFTA_SET_NAME, set.name());
        writer.be32(NFTA_SET_FLAGS, flags(set));
        writer.be32(NFTA_SET_KEY_TYPE, typeNumber(set.key()));
        writer.be32(NFTA_SET_KEY_LEN, NftSet.length(set.key()));
        if (set.isVerdictMap()) {
            writer.be32(NFTA_SET_DATA_TYPE, NFT_DATA_VERDICT);
            writer.be32(NFTA_SET_DATA_LEN, 0);
        } else if (set.isMap()) {
            writer.be32(NFTA_SET_DATA_TYPE, typeNumber(set.data()));
            writer.be32(NFTA_SET_DATA_LEN, NftSet.length(set.data()));
        }
        writer.be32(NFTA_SET_ID, id);
        description(writer, set);
        if (!set.timeout().isZero()) {
            writer.be64(NFTA_SET_TIMEOUT, set.timeout().toMillis());
        }
        writer.bytes(NFTA_SET_USERDATA, userData(set));
    }

    private static void description(MessageWriter writer, NftSet set) {
        boolean fields = set.isInterval() && set.key().size() > 1;
        if (set.size() == 0 && !fields) {
            return;
        }
        int description = writer.begin(NFTA_SET_DESC);
        if (set.size() != 0) {
            writer.be32(NFTA_SET_DESC_SIZE, set.size());
        }
        if (fields) {
            int list = writer.begin(NFTA_SET_DESC_CONCAT);
            for (DataType type : set.key()) {
                int field = writer.begin(NFTA_LIST_ELEM);
                writer.be32(NFTA_SET_FIELD_LEN, type.length());
                writer.end(field);
            }
            writer.end(list);
        }
        writer.end(description);
    }

    private static byte[] userData(NftSet set) {
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        UserData.number(data, UserData.SET_KEY_BYTEORDER, byteOrder(set.key()));
        if (set.isMap()) {
            UserData.number(data, UserData.SET_DATA_BYTEORDER, byteOrder(set.data()));
        }
        if (!set.comment().isEmpty()) {
            data.writeBytes(UserData.comment(UserData.SET_COMMENT, set.comment()));
        }
        return data.toByteArray();
    }

    private static int byteOrder(List<DataType> types) {
        if (types.size() > 1 || types.getFirst() == DataType.VERDICT) {
            return 0;
        }
        return types.getFirst().bigEndian() ? BYTEORDER_NETWORK : BYTEORDER_HOST;
    }

    private static int flags(NftSet set) {
        int bits = set.isMap() ? NFT_SET_MAP : 0;
        for (SetFlag flag : set.flags()) {
            bits |= flag.bit();
        }
        return set.isInterval() && set.key().size() > 1 ? bits | NFT_SET_CONCAT : bits;
    }

    private static int typeNumber(List<DataType> types) {
        int number = 0;
        for (DataType type : types) {
            number = number << TYPE_BITS | type.number();
        }
        return number;
    }

    private static List<DataType> types(int number) {
        List<DataType> types = new ArrayList<>();
        for (int rest = number; rest != 0; rest >>>= TYPE_BITS) {
            types.addFirst(DataType.of(rest & ((1 << TYPE_BITS) - 1)));
        }
        return types;
    }

    /**
     * The set, if it is one of the table. Also empty for a set of a type that this library does not
     * know (made by another program): nobody here could have made it or could change it.
     */
    static Optional<NftSet> read(NetlinkMessage message, TableId table)
            throws MalformedMessageException {
        String owner = "";
        String name = "";
        String comment = "";
        int flags = 0;
        int keyType = 0;
        int dataType = 0;
        int size = 0;
        long timeout = 0;
        Attributes attributes = message.payload().attributes(NftMessage.NFGENMSG);
        while (attributes.next()) {
            Attribute a = attributes.attribute();
            switch (a.type()) {
                case NFTA_SET_TABLE -> owner = a.string();
                case NFTA_SET_NAME -> name = a.string();
                case NFTA_SET_FLAGS -> flags = a.be32();
                case NFTA_SET_KEY_TYPE -> keyType = a.be32();
                case NFTA_SET_DATA_TYPE -> dataType = a.be32();
                case NFTA_SET_DESC -> size = size(a.nested());
                case NFTA_SET_TIMEOUT -> timeout = a.be64();
                case NFTA_SET_USERDATA ->
                        comment = UserData.comment(a.bytes(), UserData.SET_COMMENT);
                default -> {}
            }
        }
        if (!owner.equals(table.name()) || message.payload().u8(0) != table.family().number()) {
            return Optional.empty();
        }
        try {
            List<DataType> data =
                    dataType == NFT_DATA_VERDICT
                            ? List.of(DataType.VERDICT)
                            : (flags & NFT_SET_MAP) != 0 ? types(dataType) : List.of();
            return Optional.of(
                    new NftSet(
                            name,
                            types(keyType),
                            data,
                            flags(flags),
                            Duration.ofMillis(timeout),
                            size,
                            comment));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private static int size(Attributes description) throws MalformedMessageException {
        while (description.next()) {
            if (description.attribute().type() == NFTA_SET_DESC_SIZE) {
                return description.attribute().be32();
            }
        }
        return 0;
    }

    private static Set<SetFlag> flags(int bits) {
        EnumSet<SetFlag> flags = EnumSet.noneOf(SetFlag.class);
        for (SetFlag flag : SetFlag.values()) {
            if ((bits & flag.bit()) != 0) {
                flags.add(flag);
            }
        }
        return flags;
    }
}
