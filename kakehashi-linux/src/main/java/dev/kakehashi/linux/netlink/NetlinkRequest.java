package dev.kakehashi.linux.netlink;

/**
 * A message to the kernel. {@code toString} tells people what it asks for, best as the equivalent
 * command: it is what errors quote.
 */
public interface NetlinkRequest {
    /** {@code nlmsg_type}. */
    int type();

    /**
     * {@code nlmsg_flags} without {@code NLM_F_REQUEST}; the socket adds {@code NLM_F_ACK} where it
     * needs one.
     */
    int flags();

    /** Writes what follows the header. */
    void writeTo(MessageWriter writer);
}
