package dev.kakehashi.bench;

import dev.kakehashi.bench.Result.Target;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.rtnetlink.Route;
import dev.kakehashi.linux.rtnetlink.RtNetlink;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One real agent with {@code vxlan} in a cluster whose other nodes are objects in a store: from the
 * process's start until the kernel has a route, a neighbour and a forwarding entry for each of
 * them; one node more; all Nodes written anew; and the agent's memory.
 */
final class ClusterBench {
    private static final double MILLI = 1e6;

    /** Of the processors: less than to read thousands of Nodes takes. */
    private static final Duration READING = Duration.ofMillis(50);

    private static final int MOST = 5000;
    private static final List<Integer> SIZES = List.of(100, 1000, MOST);
    private static final int STARTS = 3;
    private static final double MEBI = 1.048576;

    /** Of an API server nobody was promised a start; it has time for its own work besides. */
    private static final Most FAST = new Most(2, 10, 128);

    private static final Most BY_KUBERNETES = new Most(10, 200, 192);

    private record Most(int startSeconds, int oneMoreMillis, int memoryMebi) {}

    /**
     * What a cluster is measured for.
     *
     * @param what the store, and what else is in it
     * @param sizes numbers of nodes, ascending
     * @param pods whether pods have addresses of own pools, and their blocks are in the store
     * @param most what may be reached at the largest size
     */
    private record Subject(String what, List<Integer> sizes, boolean pods, Most most) {

        Map<String, String> first() {
            return pods ? FarNodes.pools() : FarNodes.network();
        }

        Map<String, String> nodes(int from, int to) {
            return pods ? FarNodes.withPods(from, to) : FarNodes.texts(from, to);
        }
    }

    /** What is measured at one size. */
    private record Samples(Sample sync, Sample more, Sample memory, Sample rest, Sample rewritten) {
        static Samples none() {
            return new Samples(
                    new Sample(), new Sample(), new Sample(), new Sample(), new Sample());
        }
    }

    private static final int REST_SECONDS = 5;
    private static final int MORE = 40;
    private static final int LOOK_MILLIS = 20;
    private static final int PATIENCE_SECONDS = 120;

    /** {@code rtm_protocol} of our routes (docs/state-engine.md). */
    private static final int PROTOCOL = 75;

    private final Path work;
    private final Path home;
    private final Path etcd;
    private final Path kubernetes;

    /**
     * A measurement.
     *
     * @param peers the folder of the programs that others made
     */
    ClusterBench(Path work, Path home, Path peers) {
        this.work = work;
        this.home = home;
        this.etcd = peers.resolve("etcd/usr/bin/etcd");
        this.kubernetes = peers.resolve("kubernetes");
    }

    List<Result> run(Effort effort) throws IOException {
        List<Result> results = new ArrayList<>();
        try (NodeStore store =
                new DirectoryNodes(Files.createDirectory(work.resolve("directory")))) {
            results.addAll(in(new Subject("directory store", SIZES, false, FAST), store, effort));
        }
        try (NodeStore store = EtcdNodes.start(etcd, work.resolve("etcd"))) {
            results.addAll(in(new Subject("etcd store", SIZES, false, FAST), store, effort));
        }
        String pods = MOST * FarNodes.PODS + " pods of own pools";
        try (NodeStore store = EtcdNodes.start(etcd, work.resolve("etcd-pods"))) {
            results.addAll(
                    in(
                            new Subject("etcd store, " + pods, List.of(MOST), true, FAST),
                            store,
                            effort));
        }
        try (NodeStore store =
                KubernetesNodes.start(
                        etcd,
                        kubernetes,
                        home,
                        Files.createDirectory(work.resolve("kubernetes")))) {
            results.addAll(
                    in(
                            new Subject(
                                    "Kubernetes store, " + pods,
                                    List.of(MOST),
                                    true,
                                    BY_KUBERNETES),
                            store,
                            effort));
        }
        return results;
    }

    private List<Result> in(Subject subject, NodeStore store, Effort effort) throws IOException {
        List<Result> results = new ArrayList<>();
        store.put(subject.first());
        int there = 0;
        for (int size : subject.sizes()) {
            store.put(subject.nodes(there, size));
            there = size;
            Samples samples = Samples.none();
            for (int i = 0; i < effort.rounds(STARTS); i++) {
                int extra = size == MOST && i == 0 ? effort.rounds(MORE) : 0;
                start(subject, store, there, extra, samples);
                there += extra;
            }
            String what = subject.what() + ", " + size + " nodes: ";
            results.add(
                    limit(
                            what + "start until in sync",
                            "s",
                            samples.sync(),
                            size == MOST ? subject.most().startSeconds() : 1));
            if (size == MOST) {
                results.add(
                        limit(
                                what + "one more node",
                                "ms",
                                samples.more(),
                                subject.most().oneMoreMillis()));
                results.add(
                        limit(
                                what + "agent's memory",
                                "MB",
                                samples.memory(),
                                subject.most().memoryMebi() * MEBI));
            }
            if (samples.rest().size() > 0) {
                String all = what + "all Nodes written anew, ";
                results.add(
                        limit(all + "until the agent rests", "s", samples.rest(), REST_SECONDS));
                results.add(
                        limit(
                                all + "agent's memory",
                                "MB",
                                samples.rewritten(),
                                subject.most().memoryMebi() * MEBI));
            }
        }
        return results;
    }

    private static Result limit(String what, String unit, Sample sample, double most) {
        return new Result(what, unit, sample, new Sample(), new Target.AtMost(most));
    }

    private void start(Subject subject, NodeStore store, int nodes, int extra, Samples samples)
            throws IOException {
        try (Underlay _ = Underlay.make();
                RtNetlink kernel = RtNetlink.open()) {
            long start = System.nanoTime();
            try (AgentProcess agent =
                    AgentProcess.start(
                            home,
                            work.resolve("cluster.sock"),
                            work.resolve("cluster.log"),
                            List.of(
                                    "--state",
                                    work.resolve("cluster").toString(),
                                    "--node",
                                    "self",
                                    "--network",
                                    "pods",
                                    "--store",
                                    store.address()))) {
                awaitSync(kernel, nodes);
                samples.sync().add((System.nanoTime() - start) / 1e9);
                samples.memory().add(agent.residentMegabytes());
                for (int i = 0; i < extra; i++) {
                    samples.more().add(oneMore(subject, store, kernel, nodes + i));
                }
                if (extra > 0 && subject.most().equals(FAST)) { // an API server's are not replaced
                    samples.rest().add(secondsToRest(store, agent, nodes + extra));
                    samples.rewritten().add(agent.residentMegabytes());
                }
            }
        }
    }

    /** Milliseconds until its route is in the kernel. */
    private static double oneMore(Subject subject, NodeStore store, RtNetlink kernel, int number)
            throws IOException {
        Map<String, String> node = subject.nodes(number, number + 1);
        long start = System.nanoTime();
        store.put(node);
        while (!hasRoute(kernel, number)) {
            check(start, "a route to node " + number);
        }
        return (System.nanoTime() - start) / MILLI;
    }

    /**
     * All Nodes say something else that changes nothing, as when their agents are another version:
     * seconds from the first write until the agent rests.
     */
    private static double secondsToRest(NodeStore store, AgentProcess agent, int nodes)
            throws IOException {
        Map<String, String> all = FarNodes.texts(0, nodes);
        all.replaceAll((_, text) -> text.replace("by carrier", "still by carrier"));
        if (all.equals(FarNodes.texts(0, nodes))) {
            throw new IllegalStateException("the Nodes say nothing else");
        }
        agent.awaitRest(Duration.ZERO);
        Duration worked = agent.used().plus(READING);
        long start = System.nanoTime();
        store.put(all);
        return (agent.awaitRest(worked) - start) / 1e9;
    }

    private static boolean hasRoute(RtNetlink kernel, int number) throws IOException {
        Route route = kernel.lookup(IpAddresses.parse(FarNodes.subnet(number) + ".9"));
        return route.nextHops().stream()
                .flatMap(hop -> hop.gateway().stream())
                .noneMatch(gateway -> IpAddresses.format(gateway).equals(Underlay.ROUTER));
    }

    private static void awaitSync(RtNetlink kernel, int nodes) throws IOException {
        long start = System.nanoTime();
        while (kernel.routes(Route.MAIN).stream().filter(r -> r.protocol() == PROTOCOL).count()
                        < nodes
                || kernel.neighbours().stream().filter(n -> n.protocol() == PROTOCOL).count()
                        < nodes
                || kernel.fdb().size() < nodes) {
            check(start, "objects of " + nodes + " nodes");
            Processes.pause(LOOK_MILLIS);
        }
    }

    private static void check(long start, String what) throws IOException {
        if (System.nanoTime() - start > PATIENCE_SECONDS * 1_000_000_000L) {
            throw new IOException("no " + what + " in the kernel after " + PATIENCE_SECONDS + " s");
        }
    }
}
