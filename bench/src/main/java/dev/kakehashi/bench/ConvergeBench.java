package dev.kakehashi.bench;

import dev.kakehashi.bench.Result.Target;
import dev.kakehashi.linux.netlink.NetlinkListener;
import dev.kakehashi.linux.netlink.NetlinkMessage;
import dev.kakehashi.linux.netlink.NetlinkMonitor;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.Routes;
import dev.kakehashi.linux.rtnetlink.RtnetlinkGroup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * How long it takes from a write of a new Node to a store until the kernel of another node has the
 * route to it: from before the write to the kernel's notification.
 */
final class ConvergeBench {
    private static final double MILLI = 1e6;
    private static final int NODES = 100;
    private static final int USUAL = 200;
    private static final int MOST = 1000;
    private static final int WARM_UP = 20;
    private static final int LONGEST_PAUSE = 100;
    private static final int PATIENCE_SECONDS = 30;
    private static final int LIMIT_MILLIS = 50;
    private static final int KUBERNETES_LIMIT_MILLIS = 200;

    private final Path work;
    private final Path home;
    private final Path peers;

    /**
     * A measurement.
     *
     * @param peers the folder with etcd and Kubernetes
     */
    ConvergeBench(Path work, Path home, Path peers) {
        this.work = work;
        this.home = home;
        this.peers = peers;
    }

    List<Result> run(Effort effort) throws IOException {
        int rounds = effort.rounds(USUAL, MOST);
        List<Result> results = new ArrayList<>();
        Path etcd = peers.resolve("etcd/usr/bin/etcd");
        try (NodeStore store = new DirectoryNodes(directory("directory"))) {
            results.add(in("directory", store, rounds, LIMIT_MILLIS));
        }
        try (NodeStore store = EtcdNodes.start(etcd, directory("etcd"))) {
            results.add(in("etcd", store, rounds, LIMIT_MILLIS));
        }
        try (NodeStore store =
                KubernetesNodes.start(
                        etcd, peers.resolve("kubernetes"), home, directory("kubernetes"))) {
            results.add(in("Kubernetes", store, rounds, KUBERNETES_LIMIT_MILLIS));
        }
        return results;
    }

    private Path directory(String name) throws IOException {
        return Files.createDirectories(work.resolve("converge-" + name));
    }

    private Result in(String name, NodeStore store, int rounds, int limit) throws IOException {
        store.put(FarNodes.network());
        store.put(FarNodes.texts(0, NODES));
        Sample times = new Sample();
        BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
        try (Underlay _ = Underlay.make();
                Netns here = Netns.current();
                NetlinkMonitor _ =
                        RtnetlinkGroup.monitor(
                                here,
                                java.util.Set.of(RtnetlinkGroup.IPV4_ROUTE),
                                "arrivals",
                                new Arrivals(arrivals));
                AgentProcess _ = agent(name, store)) {
            await(arrivals, NODES - 1);
            Random pauses = new Random(rounds);
            for (int i = 0; i < WARM_UP + rounds; i++) {
                Processes.pause(pauses.nextInt(LONGEST_PAUSE));
                int number = NODES + i;
                Map<String, String> node = FarNodes.texts(number, number + 1);
                long start = System.nanoTime();
                store.put(node);
                double millis = (await(arrivals, number) - start) / MILLI;
                if (i >= WARM_UP) {
                    times.add(millis);
                }
            }
        }
        return new Result(
                name + " store: a new node's route",
                "ms",
                times,
                new Sample(),
                new Target.P99AtMost(limit));
    }

    private AgentProcess agent(String name, NodeStore store) throws IOException {
        Path directory = directory(name + "-agent");
        return AgentProcess.start(
                home,
                directory.resolve("agent.sock"),
                directory.resolve("agent.log"),
                List.of(
                        "--state",
                        directory.toString(),
                        "--node",
                        "self",
                        "--network",
                        "pods",
                        "--store",
                        store.address()));
    }

    /** When the route to a node came. */
    private static long await(BlockingQueue<Arrival> arrivals, int number) throws IOException {
        String wanted = FarNodes.subnet(number) + ".0/24";
        try {
            while (true) {
                Arrival arrival = arrivals.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
                if (arrival == null) {
                    throw new IOException(
                            "no route to " + wanted + " after " + PATIENCE_SECONDS + " s");
                }
                if (arrival.destination().equals(wanted)) {
                    return arrival.nanos();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** A route that the kernel told of, and when. */
    private record Arrival(String destination, long nanos) {}

    /** Puts down when each route comes. */
    private record Arrivals(BlockingQueue<Arrival> arrivals) implements NetlinkListener {
        @Override
        public void resynchronize() {}

        @Override
        public void notified(NetlinkMessage message) throws IOException {
            long now = System.nanoTime();
            Routes.decode(message)
                    .ifPresent(r -> arrivals.add(new Arrival(r.destination().toString(), now)));
        }

        @Override
        public void failed(IOException failure) {
            throw new java.io.UncheckedIOException(failure);
        }
    }
}
