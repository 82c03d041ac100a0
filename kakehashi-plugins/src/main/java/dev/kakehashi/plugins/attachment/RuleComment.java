package dev.kakehashi.plugins.attachment;

/**
 * The comment by which nftables rules and elements are known, as the reference plugins write it for
 * IP masquerade.
 */
public final class RuleComment {

    /** {@code NFTNL_UDATA_COMMENT_MAXLEN} of libnftables. */
    private static final int COMMENT_MAX = 128;

    private RuleComment() {}

    /** What the comments of a network begin with. */
    public static String ofNetwork(String network) {
        return Sha512.hex(network, 16);
    }

    /** What the comments of an attachment begin with. */
    public static String ofAttachment(Attachment attachment) {
        return ofNetwork(attachment.network())
                + "-"
                + Sha512.hex(attachment.ifName() + ":" + attachment.containerId(), 16);
    }

    /** The comment of an attachment, at most 128 characters. */
    public static String comment(Attachment attachment) {
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
