package dev.kakehashi.plugins.masquerade;

import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.attachment.Sha512;

/** How the reference plugins name what they make for an attachment. */
final class MasqueradeNames {

    /** {@code NFTNL_UDATA_COMMENT_MAXLEN} of libnftables. */
    private static final int COMMENT_MAX = 128;

    private MasqueradeNames() {}

    /** What the comment of each nftables rule of a network begins with. */
    static String ofNetwork(String network) {
        return Sha512.hex(network, 16);
    }

    /** What the comment of each nftables rule of an attachment begins with. */
    static String ofAttachment(Attachment attachment) {
        return ofNetwork(attachment.network())
                + "-"
                + Sha512.hex(attachment.ifName() + ":" + attachment.containerId(), 16);
    }

    /** The comment of an nftables rule. */
    static String comment(Attachment attachment) {
        String text =
                ofAttachment(attachment)
                        + ", net: "
                        + unquoted(attachment.network())
                        + ", if: "
                        + unquoted(attachment.ifName())
                        + ", id: "
                        + unquoted(attachment.containerId());
        return text.length() <= COMMENT_MAX ? text : text.substring(0, COMMENT_MAX);
    }

    private static String unquoted(String text) {
        return text.replace("\"", "");
    }
}
