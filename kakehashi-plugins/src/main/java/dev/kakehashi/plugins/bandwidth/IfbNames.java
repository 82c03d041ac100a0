package dev.kakehashi.plugins.bandwidth;

import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.attachment.Sha512;

/** The names of the links that shape what comes from containers. */
final class IfbNames {

    private static final String PREFIX = "bwp";
    private static final String TOWARDS = "bwi";

    /** What an interface name holds, less the prefix: IFNAMSIZ of linux/if.h. */
    private static final int DIGITS = 15 - PREFIX.length();

    private IfbNames() {}

    /** Ours: one for each attachment. */
    static String of(Attachment attachment) {
        return PREFIX + Sha512.hex(attachment.owner(), DIGITS);
    }

    /** Ours for what goes to the container, where not all of it is limited. */
    static String towards(Attachment attachment) {
        return TOWARDS + Sha512.hex(attachment.owner(), DIGITS);
    }

    /**
     * The reference plugin's, which two attachments of a container to one network have in common.
     */
    static String ofReference(Attachment attachment) {
        return PREFIX + Sha512.hex(attachment.network() + attachment.containerId(), DIGITS);
    }
}
