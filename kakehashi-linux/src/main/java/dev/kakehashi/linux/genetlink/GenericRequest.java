package dev.kakehashi.linux.genetlink;

import dev.kakehashi.linux.netlink.MessageWriter;

/**
 * A message to a family of generic netlink. {@code toString} tells people what it asks for, best as
 * the equivalent command.
 */
public interface GenericRequest {
    /** What the family is to do, {@code genlmsghdr.cmd}. */
    int command();

    /** The family's version. */
    int version();

    /** Writes the attributes. */
    void writeTo(MessageWriter writer);
}
