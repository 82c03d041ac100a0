package dev.kakehashi.state.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.Wireguard;
import dev.kakehashi.linux.wireguard.WireguardEndpoint;
import dev.kakehashi.linux.wireguard.WireguardNetlink;
import dev.kakehashi.linux.wireguard.WireguardPeer;
import dev.kakehashi.linux.wireguard.WireguardPrivateKey;
import dev.kakehashi.linux.wireguard.WireguardRequests;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.WireguardInterface;
import dev.kakehashi.state.WireguardTunnel;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.RequiresFeature;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** WireGuard devices as desired state, on a real kernel. */
@KernelTest
@RequiresFeature("wireguard")
class WireguardStateTest {
    /** So many that the kernel lists them in several messages. */
    private static final int MANY = 100;

    private static final String DEVICE = "wg0";
    private final WireguardPrivateKey key = WireguardPrivateKey.generate();
    private final List<WireguardPeer> peers = peers();

    private static List<WireguardPeer> peers() {
        List<WireguardPeer> peers = new ArrayList<>();
        for (int i = 1; i <= MANY; i++) {
            peers.add(
                    new WireguardPeer(
                            WireguardPrivateKey.generate().publicKey(),
                            Optional.of(
                                    new WireguardEndpoint(
                                            IpAddresses.parse(
                                                    i % 2 == 0 ? "192.0.2." + i : "fd01::" + i),
                                            51820)),
                            List.of(
                                    IpPrefix.parse("10.1." + i + ".0/24"),
                                    IpPrefix.parse("fd00:" + i + "::/64")),
                            i % 3));
        }
        return peers;
    }

    private DesiredState state(int port, List<WireguardPeer> wanted) {
        DesiredState.Builder state = DesiredState.builder();
        state.host(Link.create(DEVICE, new Wireguard()).owner("test").up(true).build());
        state.host(new WireguardInterface(DEVICE, key, "/key", port));
        wanted.forEach(peer -> state.host(new WireguardTunnel(DEVICE, peer)));
        return state.build();
    }

    @Test
    void deviceWithManyPeers_isMadeChangedHealedAndTakenAway(TestNamespaces namespaces)
            throws Exception {
        Netns netns = namespaces.create();
        try (Engine engine = Engine.open(netns)) {
            DesiredState all = state(51820, peers);
            engine.apply(all);

            assertThat(engine.plan(all).steps()).isEmpty();
            assertThat(seen(netns)).hasSize(MANY);

            DesiredState fewer = state(51821, peers.subList(0, 2));
            engine.reconcile(fewer, all);
            assertThat(engine.plan(fewer).steps()).isEmpty();
            assertThat(seen(netns)).hasSize(2);

            spoil(netns);
            assertThat(engine.plan(fewer).toString())
                    .contains("wg set wg0 listen-port 51821 private-key /key")
                    .contains("wg set wg0 " + peers.get(0))
                    .contains("wg set wg0 " + peers.get(1));
            engine.heal(fewer);
            assertThat(engine.plan(fewer).steps()).isEmpty();

            engine.remove(fewer);
            try (WireguardNetlink wireguard = WireguardNetlink.open(netns).orElseThrow()) {
                assertThat(wireguard.device(DEVICE)).isEmpty();
            }
        }
    }

    /** Another key, one peer gone, the addresses of the other taken by a third. */
    private void spoil(Netns netns) throws IOException {
        WireguardPeer thief =
                new WireguardPeer(
                        peers.get(2).key(), Optional.empty(), peers.get(1).allowedIps(), 0);
        try (WireguardNetlink wireguard = WireguardNetlink.open(netns).orElseThrow()) {
            wireguard
                    .submit(
                            List.of(
                                    WireguardRequests.setDevice(
                                            DEVICE, WireguardPrivateKey.generate(), 51822),
                                    WireguardRequests.removePeer(DEVICE, peers.get(0).key()),
                                    WireguardRequests.setPeer(DEVICE, thief)))
                    .orThrow();
        }
    }

    private static List<WireguardPeer> seen(Netns netns) throws IOException {
        try (WireguardNetlink wireguard = WireguardNetlink.open(netns).orElseThrow()) {
            return wireguard.device(DEVICE).orElseThrow().peers();
        }
    }
}
