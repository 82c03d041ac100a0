package dev.kakehashi.agent.status;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Metric families that come about point by point. Labels are names and values in turn. */
final class Families {
    private final Map<String, GaugeSnapshot.Builder> gauges = new LinkedHashMap<>();
    private final Map<String, CounterSnapshot.Builder> counters = new LinkedHashMap<>();
    private final List<MetricSnapshot> others = new ArrayList<>();

    void add(MetricSnapshot family) {
        others.add(family);
    }

    void info(String name, String help, String... labels) {
        others.add(
                InfoSnapshot.builder()
                        .name(name)
                        .help(help)
                        .dataPoint(
                                InfoSnapshot.InfoDataPointSnapshot.builder()
                                        .labels(Labels.of(labels))
                                        .build())
                        .build());
    }

    void gauge(String name, String help, boolean holds) {
        gauge(name, help, holds ? 1 : 0);
    }

    void gauge(String name, String help, long value, String... labels) {
        gauge(name, help, (double) value, labels);
    }

    void gauge(String name, String help, double value, String... labels) {
        gauges.computeIfAbsent(name, _ -> GaugeSnapshot.builder().name(name).help(help))
                .dataPoint(
                        GaugeSnapshot.GaugeDataPointSnapshot.builder()
                                .value(value)
                                .labels(Labels.of(labels))
                                .build());
    }

    void counter(String name, String help, long value, String... labels) {
        counter(name, help, (double) value, labels);
    }

    /** The name without {@code _total}, which is put behind it. */
    void counter(String name, String help, double value, String... labels) {
        counters.computeIfAbsent(name, _ -> CounterSnapshot.builder().name(name).help(help))
                .dataPoint(
                        CounterSnapshot.CounterDataPointSnapshot.builder()
                                .value(value)
                                .labels(Labels.of(labels))
                                .build());
    }

    MetricSnapshots snapshots() {
        List<MetricSnapshot> all = new ArrayList<>(others);
        gauges.values().forEach(gauge -> all.add(gauge.build()));
        counters.values().forEach(counter -> all.add(counter.build()));
        return new MetricSnapshots(all);
    }
}
