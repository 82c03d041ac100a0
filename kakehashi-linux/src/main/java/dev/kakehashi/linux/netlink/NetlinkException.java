package dev.kakehashi.linux.netlink;

import dev.kakehashi.linux.LinuxException;

import java.io.Serial;

/** A request that the kernel refused, with its own words where it gave some. */
public final class NetlinkException extends LinuxException {
    @Serial private static final long serialVersionUID = 1L;

    private final transient NetlinkError error;

    /**
     * @param request what was asked for, for people
     * @param error the kernel's answer
     */
    public NetlinkException(String request, NetlinkError error) {
        super(error.errno(), "netlink", request, request + ": " + error);
        this.error = error;
    }

    /** The kernel's answer in full. */
    public NetlinkError error() {
        return error;
    }
}
