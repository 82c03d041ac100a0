package dev.kakehashi.linux.nft;

import java.nio.charset.StandardCharsets;

/** Checks of what is given to the kernel as text, with errors that name the object. */
final class Names {
    /** NFT_NAME_MAXLEN with the closing zero. */
    private static final int NAME_MAX = 255;

    /** NFTNL_UDATA_COMMENT_MAXLEN of libnftables; longer comments would be unreadable to nft. */
    static final int COMMENT_MAX = 128;

    private Names() {}

    /** A name that the kernel takes: others may have given any (iptables does). */
    static void check(String what, String name) {
        if (name.isEmpty() || name.length() > NAME_MAX || name.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(
                    "the name of a "
                            + what
                            + " has 1 to 255 characters and no NUL: \""
                            + name
                            + "\"");
        }
    }

    /** A name for something new: one that nft can also print and read back. */
    static void checkNew(String what, String name) {
        for (int i = 0; i < name.length(); i++) {
            if (!allowed(name.charAt(i), i == 0)) {
                throw new IllegalArgumentException(
                        "the name of a "
                                + what
                                + " begins with a letter and goes on with letters, digits and _-./: \""
                                + name
                                + "\"");
            }
        }
    }

    private static boolean allowed(char c, boolean first) {
        boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        // The kernel names anonymous sets __set0; "__set%d" asks it for such a name.
        boolean inside = (c >= '0' && c <= '9') || "-./\\%".indexOf(c) >= 0;
        return letter || (inside && !first);
    }

    /** A comment that fits, without characters that nft could not print. */
    static void checkComment(String comment) {
        if (comment.getBytes(StandardCharsets.UTF_8).length > COMMENT_MAX) {
            throw new IllegalArgumentException(
                    "an nftables comment has at most 128 bytes: \"" + comment + "\"");
        }
        if (comment.indexOf('"') >= 0 || comment.indexOf('\n') >= 0 || comment.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(
                    "an nftables comment has no quotes and no line ends: \"" + comment + "\"");
        }
    }
}
