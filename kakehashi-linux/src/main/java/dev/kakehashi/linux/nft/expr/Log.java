package dev.kakehashi.linux.nft.expr;

import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;

/**
 * Writes a line to the kernel's log, or a message to an nflog group.
 *
 * @param prefix the beginning of the line
 * @param group the nflog group, or -1 for the kernel's log
 * @param level the syslog level 0 (emerg) to 7 (debug); ignored with a group
 */
public record Log(String prefix, int group, int level) implements Expression {
    private static final int NFTA_LOG_GROUP = 1;
    private static final int NFTA_LOG_PREFIX = 2;
    private static final int NFTA_LOG_LEVEL = 5;

    @Override
    public String kind() {
        return "log";
    }

    /** The level when none is asked for: warning. */
    public static final int WARNING = 4;

    @Override
    public void writeTo(MessageWriter writer) {
        if (!prefix.isEmpty()) {
            writer.string(NFTA_LOG_PREFIX, prefix);
        }
        if (group >= 0) {
            writer.be16(NFTA_LOG_GROUP, group);
        } else {
            writer.be32(NFTA_LOG_LEVEL, level);
        }
    }

    static Log read(Fields f) throws MalformedMessageException {
        int group = f.be16(NFTA_LOG_GROUP, -1);
        return new Log(f.string(NFTA_LOG_PREFIX), group, f.be32(NFTA_LOG_LEVEL, WARNING));
    }
}
