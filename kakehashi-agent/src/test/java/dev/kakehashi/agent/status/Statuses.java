package dev.kakehashi.agent.status;

import dev.kakehashi.agent.bird.BgpSession;
import dev.kakehashi.cluster.carrier.RefusedPeer;
import dev.kakehashi.cluster.node.Underlay;
import dev.kakehashi.cluster.store.StoreStatus;
import dev.kakehashi.linux.IpPrefix;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Agents and nodes to judge. */
final class Statuses {
    static final Instant AT = Instant.parse("2026-01-02T03:04:05Z");

    private Statuses() {}

    static Convergence converged() {
        return new Convergence(
                true,
                Duration.ZERO,
                Optional.of(AT),
                Optional.of(AT),
                7,
                Map.of("StoreFailed", 2L),
                "",
                "");
    }

    static Convergence failing(Optional<Instant> first, String reason, String message) {
        return new Convergence(true, Duration.ZERO, first, first, 1, Map.of(), reason, message);
    }

    static StoreStatus reachable() {
        return new StoreStatus(true, "", Duration.ofMillis(250));
    }

    static NodeStatus node() {
        return node(converged(), reachable(), "");
    }

    static NodeStatus node(Convergence convergence, StoreStatus store, String trouble) {
        return new NodeStatus(
                "node-1",
                "pods",
                List.of(IpPrefix.parse("10.244.0.0/16")),
                "vxlan",
                1450,
                Optional.of(new Underlay("eth0", List.of(IpPrefix.parse("192.0.2.1/24")), 1500)),
                List.of(
                        new AddressRange(
                                IpPrefix.parse("10.244.1.0/26"),
                                "main",
                                AddressRange.forPods(IpPrefix.parse("10.244.1.0/26")),
                                3,
                                false)),
                Map.of("vxlan", 1, "host-gw", 2),
                List.of(new RefusedPeer("node-9", "has no address")),
                List.of(session("a", "Established"), session("b", "Active")),
                Map.of("pods", 3),
                "/etc/kakehashi/cluster",
                store,
                convergence,
                new Heals.Summary(
                        Map.of("nft table", 4L),
                        List.of(new Heal(AT, "nft table", "nft table gone; made again")),
                        0,
                        0,
                        trouble),
                List.of("set aside: node-9"));
    }

    private static BgpSession session(String peer, String state) {
        return new BgpSession(peer, peer, state, "", "192.0.2.9", "64512", "64512", 1, 2, "");
    }

    static AgentStatus agent(NodeStatus node) {
        return AgentStatus.of("1", AT, "/run/a.sock", new CallTimes(), Optional.of(node));
    }

    static AgentStatus agent(CallTimes calls) {
        return AgentStatus.of("1", AT, "/run/a.sock", calls, Optional.empty());
    }
}
