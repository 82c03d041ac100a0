package dev.kakehashi.linux.rtnetlink;

import dev.kakehashi.linux.netlink.MessageWriter;
import dev.kakehashi.linux.netlink.NetlinkRequest;

/**
 * A request whose content a value writes.
 *
 * @param description a value that says by {@code toString} what is asked for, in the words of
 *     iproute2: made into text only when an error quotes it
 */
record Request(int type, int flags, Body body, Object description) implements NetlinkRequest {
    /** Writes what follows the netlink header. */
    @FunctionalInterface
    interface Body {
        void writeTo(MessageWriter writer);
    }

    @Override
    public void writeTo(MessageWriter writer) {
        body.writeTo(writer);
    }

    @Override
    public String toString() {
        return description.toString();
    }
}
