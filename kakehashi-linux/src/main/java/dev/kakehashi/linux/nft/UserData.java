package dev.kakehashi.linux.nft;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * What the kernel keeps with an object for user space: one-byte types and lengths, as libnftnl
 * writes them (its udata.h), so that {@code nft} shows our comments and we its.
 */
final class UserData {
    /** NFTNL_UDATA_RULE_COMMENT, and the same of tables, chains and elements. */
    static final int COMMENT = 0;

    /** NFTNL_UDATA_SET_COMMENT. */
    static final int SET_COMMENT = 7;

    /** NFTNL_UDATA_SET_KEYBYTEORDER. */
    static final int SET_KEY_BYTEORDER = 0;

    /** NFTNL_UDATA_SET_DATABYTEORDER. */
    static final int SET_DATA_BYTEORDER = 1;

    private UserData() {}

    /** The bytes of a comment. */
    static byte[] comment(int type, String comment) {
        byte[] text = comment.getBytes(StandardCharsets.UTF_8);
        byte[] bytes = new byte[2 + text.length + 1];
        bytes[0] = (byte) type;
        bytes[1] = (byte) (text.length + 1);
        System.arraycopy(text, 0, bytes, 2, text.length);
        return bytes;
    }

    /** Appends a number in the processor's order. */
    static void number(ByteArrayOutputStream to, int type, int value) {
        to.write(type);
        to.write(Integer.BYTES);
        to.writeBytes(
                ByteBuffer.allocate(Integer.BYTES)
                        .order(ByteOrder.nativeOrder())
                        .putInt(value)
                        .array());
    }

    /**
     * The comment among user data; empty when there is none, or when the bytes are not of this
     * form.
     */
    static String comment(byte[] data, int type) {
        int at = 0;
        while (at + 2 <= data.length) {
            int length = data[at + 1] & 0xff;
            int end = at + 2 + length;
            if (end > data.length) {
                return "";
            }
            if (data[at] == type) {
                int text = length > 0 && data[end - 1] == 0 ? length - 1 : length;
                return printable(new String(data, at + 2, text, StandardCharsets.UTF_8));
            }
            at = end;
        }
        return "";
    }

    /** Other programs may have written anything. */
    private static String printable(String comment) {
        try {
            Names.checkComment(comment);
            return comment;
        } catch (IllegalArgumentException _) {
            return "";
        }
    }
}
