package dev.kakehashi.linux.nft;

import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.LinuxException;

import java.io.Serial;

/**
 * A transaction or a listing that the kernel refused; nothing was changed. The message has the
 * command in nft's words, the error number, and what the kernel says of it (extended ack).
 */
public final class NftException extends LinuxException {
    @Serial private static final long serialVersionUID = 1L;

    private final String detail;

    /**
     * @param errno the positive error number
     * @param command what failed, in nft's words
     * @param detail what the kernel says of it; empty for nothing
     */
    public NftException(int errno, String command, String detail) {
        super(
                errno,
                "nft",
                command,
                "nft "
                        + command
                        + ": "
                        + Errno.text(errno)
                        + (detail.isEmpty() ? "" : " (" + detail + ")"));
        this.detail = detail;
    }

    /** What the kernel says of the error; empty for nothing. */
    public String detail() {
        return detail;
    }

    /** ENOENT: the table, chain, set, rule or element is not there. */
    public boolean isNotFound() {
        return is(Errno.ENOENT);
    }

    /** EEXIST: it is there already, or there in another form. */
    public boolean isExists() {
        return is(Errno.EEXIST);
    }

    /** EBUSY: something still refers to it. */
    public boolean isBusy() {
        return is(Errno.EBUSY);
    }

    /**
     * ERESTART: somebody has changed rules since the generation that the transaction was computed
     * from; read again and retry.
     */
    public boolean isStale() {
        return is(Errno.ERESTART);
    }
}
