package dev.kakehashi.state.engine;

import dev.kakehashi.linux.genetlink.GenericRequest;
import dev.kakehashi.linux.wireguard.WireguardDevice;
import dev.kakehashi.linux.wireguard.WireguardRequests;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.WireguardInterface;

import java.util.List;
import java.util.Optional;

/** Keys and ports of WireGuard devices. They go with the device. */
final class WireguardInterfaceHandler extends WireguardHandler<WireguardInterface> {
    @Override
    boolean same(WireguardInterface wanted, WireguardInterface found) {
        return wanted.privateKey().equals(found.privateKey())
                && wanted.listenPort() == found.listenPort();
    }

    @Override
    GenericRequest set(WireguardInterface wanted) {
        return WireguardRequests.setDevice(
                wanted.device(), wanted.privateKey(), wanted.listenPort());
    }

    @Override
    Optional<GenericRequest> removal(WireguardInterface resource) {
        return Optional.empty();
    }

    @Override
    List<String> createCommands(NamespaceId namespace, WireguardInterface wanted, boolean replace) {
        return List.of(
                Commands.in(namespace)
                        + "wg set "
                        + wanted.device()
                        + " listen-port "
                        + wanted.listenPort()
                        + " private-key "
                        + wanted.keyFile());
    }

    @Override
    List<String> removeCommands(NamespaceId namespace, WireguardInterface resource) {
        return List.of();
    }

    /** A device without a key has nothing to compare: it is as if nothing were there. */
    static Optional<Observed> observed(String device, WireguardDevice found) {
        return found.privateKey()
                .map(key ->
                        new Observed(
                                new WireguardInterface(device, key, "-", found.listenPort()),
                                Mark.NONE));
    }
}
