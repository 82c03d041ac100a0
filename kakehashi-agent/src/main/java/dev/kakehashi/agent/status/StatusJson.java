package dev.kakehashi.agent.status;

import dev.kakehashi.agent.bird.BgpSession;
import dev.kakehashi.cni.json.JsonArray;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonValue;
import dev.kakehashi.linux.IpPrefix;

import java.util.List;
import java.util.function.Function;

/** What an agent tells of itself, for programs: the form of {@code kakehashi status -o json}. */
public final class StatusJson {
    private StatusJson() {}

    /** An agent, with its health and, if it keeps one, its node. */
    public static JsonObject of(AgentStatus agent) {
        Health health = Health.of(agent);
        JsonObject.Builder json =
                JsonObject.builder()
                        .put("version", agent.version())
                        .put("pid", agent.pid())
                        .put("started", agent.started().toString())
                        .put("socket", agent.socket())
                        .put("residentBytes", agent.process().residentBytes())
                        .put("alive", health.alive())
                        .put("ready", health.ready())
                        .put("checks", list(health.checks(), StatusJson::json))
                        .put("calls", list(agent.calls(), StatusJson::json))
                        .put("delegates", list(agent.delegates(), StatusJson::json));
        agent.node().ifPresent(node -> json.put("node", json(node)));
        return json.build();
    }

    /** The routes to other nodes' pods. */
    public static JsonObject of(List<RouteStatus> routes) {
        return JsonObject.builder().put("routes", list(routes, StatusJson::json)).build();
    }

    private static JsonObject json(Health.Check check) {
        return JsonObject.builder()
                .put("name", check.name())
                .put("ok", check.ok())
                .putUnlessEmpty("message", check.text())
                .build();
    }

    private static JsonObject json(Durations.Times times) {
        return JsonObject.builder()
                .put("command", times.command())
                .put("plugin", times.plugin())
                .put("result", times.succeeded() ? "success" : "error")
                .put("count", times.count())
                .put("microseconds", Math.round(times.sumSeconds() * 1e6))
                .build();
    }

    private static JsonObject json(NodeStatus node) {
        JsonObject.Builder json =
                JsonObject.builder()
                        .put("name", node.name())
                        .put("network", node.network())
                        .put("cidrs", node.cidrs().stream().map(IpPrefix::toString).toList())
                        .put("carrier", node.carrier())
                        .put("podMTU", node.podMtu());
        node.underlay()
                .ifPresent(underlay ->
                        json.put(
                                "underlay",
                                JsonObject.builder()
                                        .put("device", underlay.device())
                                        .put(
                                                "addresses",
                                                underlay.addresses().stream()
                                                        .map(IpPrefix::toString)
                                                        .toList())
                                        .put("mtu", underlay.mtu())
                                        .build()));
        JsonObject.Builder peers = JsonObject.builder();
        node.peersByCarrier().forEach(peers::put);
        JsonObject.Builder attachments = JsonObject.builder();
        node.attachments().forEach(attachments::put);
        return json.put("addresses", list(node.ranges(), StatusJson::json))
                .put("attachments", attachments.build())
                .put("peers", peers.build())
                .put(
                        "refused",
                        list(
                                node.refused(),
                                refused ->
                                        JsonObject.builder()
                                                .put("node", refused.name())
                                                .put("reason", refused.reason())
                                                .build()))
                .put("bgpSessions", list(node.sessions(), StatusJson::json))
                .put("store", store(node))
                .put("convergence", json(node.convergence()))
                .put("heals", json(node.heals()))
                .put("problems", node.problems())
                .build();
    }

    private static JsonObject json(AddressRange range) {
        return JsonObject.builder()
                .put("cidr", range.cidr().toString())
                .putUnlessEmpty("pool", range.pool())
                .put("addresses", range.addresses())
                .put("inUse", range.used())
                .put("free", range.free())
                .put("leaving", range.leaving())
                .put("state", range.state())
                .build();
    }

    private static JsonObject json(BgpSession session) {
        return JsonObject.builder()
                .put("peer", session.peer())
                .put("address", session.address())
                .put("state", session.state())
                .build();
    }

    private static JsonObject store(NodeStatus node) {
        return JsonObject.builder()
                .put("address", node.store())
                .put("reachable", node.storeStatus().reachable())
                .put("lagMilliseconds", node.storeStatus().lag().toMillis())
                .putUnlessEmpty("lastError", node.storeStatus().lastError())
                .build();
    }

    private static JsonObject json(Convergence now) {
        JsonObject.Builder failures = JsonObject.builder();
        now.failures().forEach(failures::put);
        JsonObject.Builder json = JsonObject.builder();
        now.first().ifPresent(first -> json.put("since", first.toString()));
        now.last().ifPresent(last -> json.put("last", last.toString()));
        return json.put("runs", now.runs())
                .put("failures", failures.build())
                .putUnlessEmpty("reason", now.reason())
                .putUnlessEmpty("message", now.message())
                .build();
    }

    private static JsonObject json(Heals.Summary heals) {
        JsonObject.Builder byKind = JsonObject.builder();
        heals.byKind().forEach(byKind::put);
        return JsonObject.builder()
                .put("byKind", byKind.build())
                .put("failures", heals.failures())
                .put(
                        "last",
                        list(
                                heals.last(),
                                heal ->
                                        JsonObject.builder()
                                                .put("at", heal.at().toString())
                                                .put("kind", heal.kind())
                                                .put("what", heal.text())
                                                .build()))
                .build();
    }

    private static JsonObject json(RouteStatus route) {
        return JsonObject.builder()
                .put("prefix", route.prefix().toString())
                .put("node", route.node())
                .put("carrier", route.carrier())
                .put("via", route.via())
                .put("device", route.device())
                .put("mtu", route.mtu())
                .put("state", route.state().toString())
                .build();
    }

    private static <T> JsonArray list(List<T> values, Function<T, JsonObject> json) {
        return JsonArray.of(values.stream().map(json).toArray(JsonValue[]::new));
    }
}
