package dev.kakehashi.agent.adopt;

import dev.kakehashi.linux.netlink.NetlinkRequest;

/**
 * One object changes hands: it stays as it is, and says whose it is. By messages of its own: the
 * state engine would take an object without our mark for somebody else's, and what becomes of it is
 * not known here but by whoever keeps it next.
 *
 * @param command the same as a command of iproute2
 * @param request what the kernel is told
 */
record Marking(String command, NetlinkRequest request) {
    @Override
    public String toString() {
        return command;
    }
}
