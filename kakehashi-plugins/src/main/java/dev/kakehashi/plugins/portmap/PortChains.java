package dev.kakehashi.plugins.portmap;

import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.attachment.Sha512;

import java.util.ArrayList;
import java.util.List;

/** How chains and comments of iptables are named. */
final class PortChains {

    /** What the name of each attachment's chain begins with. */
    static final String PREFIX = "CNI-DN-";

    /** Of the reference plugin before 0.8.0, which had chains for source translation. */
    static final String OLD_PREFIX = "CNI-SN-";

    private static final int LENGTH = 28; // XT_EXTENSION_MAXNAMELEN less the final zero
    private static final int COMMENT_MAX = 255; // XT_MAX_COMMENT_LEN less the final zero

    private PortChains() {}

    /** The chain of an attachment. */
    static String of(Attachment attachment) {
        return named(
                PREFIX,
                attachment.network() + attachment.containerId() + "/" + attachment.ifName());
    }

    /**
     * The chains that the reference plugin makes or made for a container, whatever the interface.
     */
    static List<String> ofReference(Attachment attachment) {
        String owner = attachment.network() + attachment.containerId();
        return List.of(named(PREFIX, owner), named(OLD_PREFIX, owner));
    }

    /** The chains that an attachment may have, by us or by the reference plugin. */
    static List<String> all(Attachment attachment) {
        List<String> all = new ArrayList<>(ofReference(attachment));
        all.add(of(attachment));
        return all;
    }

    private static String named(String prefix, String owner) {
        return prefix + Sha512.hex(owner, LENGTH - prefix.length());
    }

    /** The comment of what leads to an attachment's chain. */
    static String comment(Attachment attachment) {
        String text = ofNetwork(attachment.network()) + quoted(attachment.containerId());
        return text.length() <= COMMENT_MAX ? text : text.substring(0, COMMENT_MAX - 3) + "...";
    }

    /** What the comments of a network begin with. */
    static String ofNetwork(String network) {
        return "dnat name: " + quoted(network) + " id: ";
    }

    private static String quoted(String text) {
        return "\"" + text + "\"";
    }
}
