package dev.kakehashi.state.engine;

import dev.kakehashi.linux.genetlink.GenericRequest;
import dev.kakehashi.linux.wireguard.WireguardPeer;
import dev.kakehashi.linux.wireguard.WireguardRequests;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.WireguardTunnel;

import java.util.List;
import java.util.Optional;

/** Peers of WireGuard devices. */
final class WireguardTunnelHandler extends WireguardHandler<WireguardTunnel> {
    @Override
    boolean same(WireguardTunnel wanted, WireguardTunnel found) {
        return wanted.peer().matches(found.peer());
    }

    @Override
    GenericRequest set(WireguardTunnel wanted) {
        return WireguardRequests.setPeer(wanted.device(), wanted.peer());
    }

    @Override
    Optional<GenericRequest> removal(WireguardTunnel tunnel) {
        return Optional.of(WireguardRequests.removePeer(tunnel.device(), tunnel.peer().key()));
    }

    @Override
    List<String> createCommands(NamespaceId namespace, WireguardTunnel wanted, boolean replace) {
        return List.of(Commands.in(namespace) + "wg set " + wanted.device() + " " + wanted.peer());
    }

    @Override
    List<String> removeCommands(NamespaceId namespace, WireguardTunnel tunnel) {
        return List.of(
                Commands.in(namespace)
                        + "wg set "
                        + tunnel.device()
                        + " peer "
                        + tunnel.peer().key()
                        + " remove");
    }

    static Observed observed(String device, WireguardPeer found) {
        return new Observed(new WireguardTunnel(device, found), Mark.NONE);
    }
}
