package dev.kakehashi.linux.netlink;

import java.io.IOException;

/**
 * Hears what changes in the kernel; called on the monitor's own thread, one call after the other.
 */
public interface NetlinkListener {
    /**
     * Notifications may have been missed: read the whole state anew. Called once before the first
     * notification, when nothing can be missed any more, and whenever the kernel had to drop some.
     * What it throws goes to {@link #failed}.
     */
    void resynchronize() throws IOException;

    /** Something changed. What it throws goes to {@link #failed}. */
    void notified(NetlinkMessage message) throws IOException;

    /**
     * A call of this listener failed, or the socket; the monitor goes on, in the second case with
     * another socket soon after, when {@link #resynchronize} is called again.
     */
    void failed(IOException failure);
}
