package dev.kakehashi.bench;

import dev.kakehashi.bench.Result.Target;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * ADD of {@code kakehashi-ipam} on a node with own pools and a resident agent, as a whole process:
 * while the agent claims blocks from an etcd as they are used up, then while the store is gone.
 */
final class IpamBench {
    private static final double MILLI = 1e6;

    /** As many pods as a full node has. */
    private static final int PODS = 200;

    private static final int USUAL = 2;
    private static final int MOST = 5;

    /** An address that was taken back rests for half a minute, and is in the ledger meanwhile. */
    private static final int REST_MILLIS = 31_000;

    private static final double LIMIT_MILLIS = 2;
    private static final int PATIENCE_SECONDS = 30;
    private static final int LOOK_MILLIS = 50;

    /** More than what is used while the store is gone. */
    private static final int FREE = 512;

    private static final Map<String, String> CLUSTER =
            Map.of(
                    "networks/pods",
                    """
                    {"apiVersion": "kakehashi.dev/v1alpha1", "kind": "Network",
                     "metadata": {"name": "pods"},
                     "spec": {"cidrs": ["10.128.0.0/9"], "carrier": "vxlan",
                              "ipam": {"type": "pools", "minFree": %d}}}
                    """
                            .formatted(FREE),
                    "ippools/pods",
                    """
                    {"apiVersion": "kakehashi.dev/v1alpha1", "kind": "IPPool",
                     "metadata": {"name": "pods"},
                     "spec": {"network": "pods", "cidr": "10.128.0.0/16", "blockSize": 26}}
                    """);

    private final Spawner spawner;
    private final Path work;
    private final Path home;
    private final Path etcd;
    private int next;

    /**
     * A measurement.
     *
     * @param etcd the server program
     */
    IpamBench(Spawner spawner, Path work, Path home, Path etcd) {
        this.spawner = spawner;
        this.work = work;
        this.home = home;
        this.etcd = etcd;
    }

    List<Result> run(Effort effort) throws IOException {
        Path directory = Files.createDirectories(work.resolve("ipam"));
        Path socket = directory.resolve("agent.sock");
        Subject ours =
                new Subject(
                        "ipam",
                        home.resolve("cni"),
                        Map.of("KAKEHASHI_SOCKET", socket.toString()),
                        "pods",
                        "");
        List<Result> results = new ArrayList<>();
        try (EtcdNodes store = EtcdNodes.start(etcd, directory.resolve("etcd"));
                Underlay _ = Underlay.make();
                Container pod = Container.make("ipam")) {
            store.put(CLUSTER);
            try (AgentProcess _ =
                    AgentProcess.start(
                            home,
                            socket,
                            directory.resolve("agent.log"),
                            List.of(
                                    "--state",
                                    directory.toString(),
                                    "--cni-conf-dir",
                                    directory.resolve("conf").toString(),
                                    "--node",
                                    "self",
                                    "--network",
                                    "pods",
                                    "--store",
                                    store.address()))) {
                awaitAddresses(directory.resolve("conf"));
                int pods = effort.rounds(PODS);
                int times = pods < PODS ? 1 : effort.isUnlimited() ? USUAL : MOST;
                fill(ours, pod, pods, new Sample()); // warm
                results.add(result("store alive", adds(ours, pod, pods, times)));
                results.add(nobodyAsked(ours, pod, pods * times));
                store.end();
                results.add(result("store gone", adds(ours, pod, pods, times)));
            }
        }
        return results;
    }

    /** A front binary that answers by itself: what this machine takes to run a process. */
    private Result nobodyAsked(Subject ours, Container pod, int times) throws IOException {
        Sample sample = new Sample();
        for (int i = 0; i < times; i++) {
            sample.add(run(ours, "VERSION", pod));
        }
        return new Result(
                "VERSION of kakehashi-ipam, which asks no agent",
                "ms",
                sample,
                new Sample(),
                new Target.P99AtMost(LIMIT_MILLIS));
    }

    private static Result result(String when, Sample sample) {
        return new Result(
                "ADD of kakehashi-ipam, " + when,
                "ms",
                sample,
                new Sample(),
                new Target.P99AtMost(LIMIT_MILLIS));
    }

    /** The agent writes the CNI configuration when it has addresses to give; then it goes on. */
    private static void awaitAddresses(Path configurations) throws IOException {
        long start = System.nanoTime();
        while (!Files.isDirectory(configurations) || isEmpty(configurations)) {
            if (System.nanoTime() - start > PATIENCE_SECONDS * 1_000_000_000L) {
                throw new IOException("no addresses after " + PATIENCE_SECONDS + " s");
            }
            Processes.pause(LOOK_MILLIS);
        }
        Processes.pause(2 * 1000);
    }

    private static boolean isEmpty(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            return files.findAny().isEmpty();
        }
    }

    /** Fills and empties the node some times. */
    private Sample adds(Subject ours, Container pod, int pods, int times) throws IOException {
        Sample sample = new Sample();
        for (int i = 0; i < times; i++) {
            Processes.pause(pods < PODS ? 0 : REST_MILLIS);
            fill(ours, pod, pods, sample);
        }
        return sample;
    }

    /** ADD of some pods, measured, then DEL of all of them. */
    private void fill(Subject ours, Container pod, int pods, Sample sample) throws IOException {
        List<Container> all = new ArrayList<>();
        for (int i = 0; i < pods; i++) {
            all.add(pod.named("pod" + next++));
            sample.add(run(ours, "ADD", all.getLast()));
        }
        for (Container one : all) {
            var _ = run(ours, "DEL", one);
        }
    }

    private double run(Subject ours, String command, Container pod) throws IOException {
        String configuration =
                "{"
                        + ours.head("bridge")
                        + ", \"ipam\": {\"type\": \"kakehashi-ipam\", \"network\": \"pods\","
                        + " \"node\": \"self\"}}";
        Job job = ours.job(work, command, pod, "kakehashi-ipam", configuration);
        return spawner.run(List.of(job)).total() / MILLI;
    }
}
