package dev.kakehashi.agent.status;

import dev.kakehashi.agent.bird.BgpSession;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/**
 * An agent's status as Prometheus reads it. Names follow its practice: the program's name first,
 * base units, {@code _total} for what only grows.
 */
final class Exposition {
    private final Families families = new Families();

    private Exposition() {}

    /** Whether a scraper that accepts these types gets OpenMetrics. */
    private static ExpositionFormatWriter writer(String accept) {
        ExpositionFormatWriter open = OpenMetricsTextFormatWriter.create();
        return open.accepts(accept) ? open : PrometheusTextFormatWriter.create();
    }

    /** The content type of what {@link #write} writes for the same header. */
    static String contentType(String accept) {
        return writer(accept).getContentType();
    }

    /**
     * Writes all numbers.
     *
     * @param accept what the scraper accepts (RFC 9110, section 12.5.1)
     */
    static void write(AgentStatus agent, Health health, String accept, OutputStream out)
            throws IOException {
        writer(accept).write(out, of(agent, health), EscapingScheme.DEFAULT);
    }

    /** All numbers. */
    static MetricSnapshots of(AgentStatus agent, Health health) {
        Exposition exposition = new Exposition();
        exposition.agent(agent, health);
        agent.node().ifPresent(exposition::node);
        return exposition.families.snapshots();
    }

    private void agent(AgentStatus agent, Health health) {
        families.info(
                "kakehashi_build",
                "The program that runs.",
                "version",
                agent.version(),
                "java",
                Runtime.version().toString());
        families.gauge("kakehashi_ready", "1 when pods may come, as /readyz says.", health.ready());
        families.gauge("process_start_time_seconds", "When it was started.", at(agent.started()));
        ProcessNumbers process = agent.process();
        families.gauge(
                "process_resident_memory_bytes", "Resident memory.", process.residentBytes());
        families.gauge("process_open_fds", "Open descriptors.", process.openFiles());
        families.gauge("process_threads", "Threads.", process.threads());
        families.counter(
                "process_cpu_seconds", "Processor time used.", process.cpu().toNanos() / 1e9);
        families.gauge(
                "kakehashi_cni_calls_in_progress", "CNI calls being served.", agent.running());
        durations(
                "kakehashi_cni_call_duration_seconds",
                "How long CNI calls took in the agent.",
                agent.calls());
        durations(
                "kakehashi_cni_delegate_duration_seconds",
                "How long plugins took to which others delegate, as that of the addresses.",
                agent.delegates());
    }

    private void durations(String name, String help, List<Durations.Times> all) {
        HistogramSnapshot.Builder histogram = HistogramSnapshot.builder().name(name).help(help);
        double[] bounds = Arrays.copyOf(Durations.BOUNDS, Durations.BOUNDS.length + 1);
        bounds[Durations.BOUNDS.length] = Double.POSITIVE_INFINITY;
        for (Durations.Times times : all) {
            histogram.dataPoint(
                    HistogramSnapshot.HistogramDataPointSnapshot.builder()
                            .labels(
                                    Labels.of(
                                            "command",
                                            times.command(),
                                            "plugin",
                                            times.plugin(),
                                            "result",
                                            times.succeeded() ? "success" : "error"))
                            .classicHistogramBuckets(
                                    ClassicHistogramBuckets.of(bounds, times.counts()))
                            .sum(times.sumSeconds())
                            .build());
        }
        families.add(histogram.build());
    }

    private void node(NodeStatus node) {
        families.info(
                "kakehashi_node",
                "The node and its network.",
                "node",
                node.name(),
                "network",
                node.network(),
                "carrier",
                node.carrier(),
                "underlay",
                node.underlay().map(underlay -> underlay.device()).orElse(""));
        if (node.podMtu() > 0) {
            families.gauge("kakehashi_pod_mtu_bytes", "MTU of pods.", node.podMtu());
        }
        addresses(node);
        peers(node);
        store(node);
        convergence(node.convergence());
        heals(node.heals());
        families.gauge(
                "kakehashi_problems",
                "Things a person should know: kakehashi status tells them.",
                node.problems().size());
    }

    private void addresses(NodeStatus node) {
        for (AddressRange range : node.ranges()) {
            String[] labels = {
                "network", node.network(), "cidr", range.cidr().toString(), "pool", range.pool()
            };
            families.gauge(
                    "kakehashi_addresses",
                    "Addresses that pods may have, of a subnet or block of this node.",
                    range.addresses(),
                    labels);
            families.gauge(
                    "kakehashi_addresses_in_use", "Those that pods have.", range.used(), labels);
            families.gauge(
                    "kakehashi_addresses_free",
                    "Those that can be given now.",
                    range.free(),
                    labels);
        }
        for (String state : List.of("held", "borrowed", "leaving")) {
            families.gauge(
                    "kakehashi_blocks",
                    "Subnets or blocks of this node, and addresses that it borrowed.",
                    node.ranges().stream().filter(r -> r.state().equals(state)).count(),
                    "network",
                    node.network(),
                    "state",
                    state);
        }
        node.attachments()
                .forEach((network, count) ->
                        families.gauge(
                                "kakehashi_attachments",
                                "Interfaces of containers that there are in the kernel.",
                                count,
                                "network",
                                network));
    }

    private void peers(NodeStatus node) {
        node.peersByCarrier()
                .forEach((carrier, count) ->
                        families.gauge(
                                "kakehashi_peers",
                                "Other nodes that are reached, by carrier.",
                                count,
                                "network",
                                node.network(),
                                "carrier",
                                carrier));
        families.gauge(
                "kakehashi_peers_refused",
                "Nodes, or families of them, that are set aside.",
                node.refused().size(),
                "network",
                node.network());
        TreeMap<String, Integer> states = new TreeMap<>();
        for (BgpSession session : node.sessions()) {
            states.merge(session.state(), 1, Integer::sum);
            String[] labels = {"peer", session.peer(), "address", session.address()};
            families.gauge(
                    "kakehashi_bgp_session_up",
                    "1 when the session is established.",
                    session.isEstablished() ? 1 : 0,
                    labels);
            families.gauge(
                    "kakehashi_bgp_routes_received", "Routes taken.", session.received(), labels);
            families.gauge("kakehashi_bgp_routes_sent", "Routes told.", session.sent(), labels);
        }
        states.forEach((state, count) ->
                families.gauge(
                        "kakehashi_bgp_sessions",
                        "BGP sessions by state (RFC 4271, section 8.2.2).",
                        count,
                        "state",
                        state));
    }

    private void store(NodeStatus node) {
        families.gauge(
                "kakehashi_store_reachable",
                "1 when the last attempt to reach the store succeeded.",
                node.storeStatus().reachable());
        families.gauge(
                "kakehashi_store_lag_seconds",
                "How long ago the store was last heard of.",
                node.storeStatus().lag().toNanos() / 1e9);
    }

    private void convergence(Convergence now) {
        families.counter(
                "kakehashi_convergence_runs", "Turns that left all as wanted.", now.runs());
        now.failures()
                .forEach((reason, count) ->
                        families.counter(
                                "kakehashi_convergence_failures",
                                "Turns that failed, by reason.",
                                count,
                                "reason",
                                reason));
        families.gauge(
                "kakehashi_convergence_failing", "1 when the last turn failed.", now.fails());
        now.last()
                .ifPresent(last ->
                        families.gauge(
                                "kakehashi_convergence_last_success_timestamp_seconds",
                                "When all was last as wanted.",
                                at(last)));
    }

    private void heals(Heals.Summary heals) {
        heals.byKind()
                .forEach((kind, count) ->
                        families.counter(
                                "kakehashi_heals",
                                "Kernel objects that were put right, by kind.",
                                count,
                                "kind",
                                kind));
        families.counter(
                "kakehashi_heal_failures",
                "How often something could not be put right.",
                heals.failures());
        families.counter(
                "kakehashi_contests",
                "How often somebody else turned out to want objects otherwise.",
                heals.contests());
    }

    private static double at(Instant instant) {
        return instant.toEpochMilli() / 1e3;
    }
}
