package dev.kakehashi.linux.nft;

import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.netlink.NetlinkProtocol;
import dev.kakehashi.linux.netlink.NetlinkSocket;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.netns.NetnsId;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A netfilter socket in the namespace that this process began in. It stays open: the process keeps
 * that namespace alive anyway, and closing a socket after something was deleted waits for an RCU
 * grace period.
 */
final class OwnNamespace {
    private static final Path MAIN_THREAD = Path.of("/proc/self/ns/net");

    private static @Nullable NetlinkSocket socket;

    private OwnNamespace() {}

    /** The socket, if the namespace is this process's own. */
    static synchronized Optional<NetlinkSocket> socket(Netns netns) throws LinuxException {
        NetnsId own = Netns.id(MAIN_THREAD);
        if (!netns.id().equals(own)) {
            return Optional.empty();
        }
        NetlinkSocket open = socket;
        if (open == null) {
            open = NetlinkSocket.open(netns, NetlinkProtocol.NETFILTER);
            socket = open;
        }
        return Optional.of(open);
    }
}
