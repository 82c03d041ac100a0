package dev.kakehashi.linux.nft.expr;

/**
 * Writes a line to the kernel's log, or a message to an nflog group.
 *
 * @param prefix the beginning of the line
 * @param group the nflog group, or -1 for the kernel's log
 * @param level the syslog level 0 (emerg) to 7 (debug); ignored with a group
 */
public record Log(String prefix, int group, int level) implements Expression {
    @Override
    public String kind() {
        return "log";
    }

    /** The level when none is asked for: warning. */
    public static final int WARNING = 4;
}
