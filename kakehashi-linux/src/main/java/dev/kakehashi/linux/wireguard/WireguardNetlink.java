package dev.kakehashi.linux.wireguard;

import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.genetlink.GenericNetlink;
import dev.kakehashi.linux.genetlink.GenericRequest;
import dev.kakehashi.linux.netlink.BatchResult;
import dev.kakehashi.linux.netns.Netns;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The WireGuard devices of one namespace. They are made and removed as links; here is what
 * linux/wireguard.h has beyond that.
 */
public final class WireguardNetlink implements AutoCloseable {
    private static final String FAMILY = "wireguard";

    private final GenericNetlink netlink;

    private WireguardNetlink(GenericNetlink netlink) {
        this.netlink = netlink;
    }

    /**
     * Opens a socket.
     *
     * @return empty when the kernel has no WireGuard
     */
    public static Optional<WireguardNetlink> open(Netns netns) throws IOException {
        return GenericNetlink.open(netns, FAMILY).map(WireguardNetlink::new);
    }

    /**
     * A device with its private key and peers. Equivalent to: {@code wg showconf $device}.
     *
     * @return empty when there is no such link, or it is of another kind
     */
    public Optional<WireguardDevice> device(String name) throws IOException {
        List<WireguardDevice> parts;
        try {
            parts = netlink.dump(WireguardRequests.get(name), WireguardCodec::decode);
        } catch (LinuxException e) {
            if (e.is(Errno.ENODEV) || e.is(Errno.EOPNOTSUPP)) {
                return Optional.empty();
            }
            throw e;
        }
        return parts.isEmpty() ? Optional.empty() : Optional.of(joined(parts));
    }

    /**
     * A device with many peers comes in several messages; the first says the rest of it. A peer
     * with many prefixes that does not fit goes on in the next message under the same key.
     */
    static WireguardDevice joined(List<WireguardDevice> parts) {
        List<WireguardPeer> peers = new ArrayList<>();
        for (WireguardDevice part : parts) {
            for (WireguardPeer peer : part.peers()) {
                if (!peers.isEmpty() && peers.getLast().key().equals(peer.key())) {
                    peers.add(continued(peers.removeLast(), peer));
                } else {
                    peers.add(peer);
                }
            }
        }
        WireguardDevice first = parts.getFirst();
        return new WireguardDevice(first.privateKey(), first.listenPort(), peers);
    }

    private static WireguardPeer continued(WireguardPeer peer, WireguardPeer more) {
        List<IpPrefix> allowed = new ArrayList<>(peer.allowedIps());
        allowed.addAll(more.allowedIps());
        return new WireguardPeer(peer.key(), peer.endpoint(), allowed, peer.persistentKeepalive());
    }

    /** Executes {@link WireguardRequests} in order; all are tried, whatever became of others. */
    public BatchResult submit(List<? extends GenericRequest> requests) throws IOException {
        return netlink.submit(requests);
    }

    @Override
    public void close() {
        netlink.close();
    }
}
