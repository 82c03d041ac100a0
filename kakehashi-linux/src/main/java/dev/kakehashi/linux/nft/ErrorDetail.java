package dev.kakehashi.linux.nft;

import dev.kakehashi.linux.netlink.NetlinkError;
import dev.kakehashi.linux.netlink.NetlinkSocket;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Says in words which part of a message the kernel did not like: nf_tables gives the place and
 * rarely a text.
 */
final class ErrorDetail {
    private static final int NLMSGHDR = 16;
    private static final int TYPE_MASK = 0x3fff;

    private ErrorDetail() {}

    static String of(NftMessage message, NetlinkError error) {
        if (!error.text().isEmpty()) {
            return error.text();
        }
        return error.offset().isPresent() ? part(message, error.offset().getAsInt()) : "";
    }

    /** The attribute of the message that begins at, or holds, the offset. */
    private static String part(NftMessage message, int offset) {
        ByteBuffer bytes =
                ByteBuffer.wrap(NetlinkSocket.encode(message)).order(ByteOrder.nativeOrder());
        int at = NLMSGHDR + NftMessage.NFGENMSG;
        while (at + 4 <= bytes.limit()) {
            int length = Short.toUnsignedInt(bytes.getShort(at));
            if (length < 4) {
                return "";
            }
            int next = at + ((length + 3) & ~3);
            if (offset >= at && offset < next) {
                String name = name(message.type() & 0xff, bytes.getShort(at + 2) & TYPE_MASK);
                return name.isEmpty() ? "" : "because of its " + name;
            }
            at = next;
        }
        return "";
    }

    private static String name(int message, int attribute) {
        return switch (message) {
            case NftMessage.NEWTABLE, NftMessage.DELTABLE, NftMessage.DESTROYTABLE ->
                    attribute == 1 ? "name" : "";
            case NftMessage.NEWCHAIN, NftMessage.DELCHAIN, NftMessage.DESTROYCHAIN ->
                    switch (attribute) {
                        case 1 -> "table";
                        case 3 -> "name";
                        case 4 -> "hook";
                        case 5 -> "policy";
                        case 7 -> "type";
                        default -> "";
                    };
            case NftMessage.NEWRULE, NftMessage.DELRULE ->
                    switch (attribute) {
                        case 1 -> "table";
                        case 2 -> "chain";
                        case 3, 6 -> "handle";
                        case 4 -> "expressions";
                        default -> "";
                    };
            case NftMessage.NEWSET, NftMessage.DELSET, NftMessage.DESTROYSET ->
                    attribute == 1 ? "table" : attribute == 2 ? "name" : "";
            case NftMessage.NEWSETELEM, NftMessage.DELSETELEM, NftMessage.DESTROYSETELEM ->
                    switch (attribute) {
                        case 1 -> "table";
                        case 2 -> "set";
                        case 3 -> "elements";
                        default -> "";
                    };
            default -> "";
        };
    }
}
