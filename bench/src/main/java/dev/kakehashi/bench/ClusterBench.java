package dev.kakehashi.bench;

import dev.kakehashi.bench.Result.Target;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.Route;
import dev.kakehashi.linux.rtnetlink.RtNetlink;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One real agent with {@code vxlan} in a cluster whose other nodes are objects in a store: from the
 * process's start until the kernel has a route, a neighbour and a forwarding entry for each of
 * them; one node more; and the agent's memory.
 */
final class ClusterBench {
    private static final double MILLI = 1e6;
    private static final int MOST = 5000;
    private static final List<Integer> SIZES = List.of(100, 1000, MOST);
    private static final int STARTS = 3;
    private static final int MORE = 40;
    private static final int LOOK_MILLIS = 20;
    private static final int PATIENCE_SECONDS = 120;

    /** {@code rtm_protocol} of our routes (docs/state-engine.md). */
    private static final int PROTOCOL = 75;

    private final Path work;
    private final Path home;
    private final Path etcd;

    /**
     * A measurement.
     *
     * @param etcd the server program
     */
    ClusterBench(Path work, Path home, Path etcd) {
        this.work = work;
        this.home = home;
        this.etcd = etcd;
    }

    List<Result> run(Effort effort) throws IOException {
        List<Result> results = new ArrayList<>();
        try (NodeStore store =
                new DirectoryNodes(Files.createDirectory(work.resolve("directory")))) {
            results.addAll(in("directory", store, effort));
        }
        try (NodeStore store = EtcdNodes.start(etcd, work.resolve("etcd"))) {
            results.addAll(in("etcd", store, effort));
        }
        return results;
    }

    private List<Result> in(String name, NodeStore store, Effort effort) throws IOException {
        List<Result> results = new ArrayList<>();
        store.put(
                Map.of(
                        "networks/pods",
                        """
                        {"apiVersion": "kakehashi.dev/v1alpha1", "kind": "Network",
                         "metadata": {"name": "pods"},
                         "spec": {"cidrs": ["10.128.0.0/9"], "carrier": "vxlan"}}
                        """));
        int there = 0;
        for (int size : SIZES) {
            store.put(nodes(there, size));
            there = size;
            Sample sync = new Sample();
            Sample more = new Sample();
            Sample memory = new Sample();
            for (int i = 0; i < effort.rounds(STARTS); i++) {
                int extra = size == MOST && i == 0 ? effort.rounds(MORE) : 0;
                start(store, there, extra, sync, more, memory);
                there += extra;
            }
            String what = name + " store, " + size + " nodes: ";
            results.add(limit(what + "start until in sync", "s", sync, size == MOST ? 2 : 1));
            if (size == MOST) {
                results.add(limit(what + "one more node", "ms", more, 10));
                results.add(limit(what + "agent's memory", "MB", memory, 128 * 1.048576));
            }
        }
        return results;
    }

    private static Result limit(String what, String unit, Sample sample, double most) {
        return new Result(what, unit, sample, new Sample(), new Target.AtMost(most));
    }

    private void start(
            NodeStore store, int nodes, int extra, Sample sync, Sample more, Sample memory)
            throws IOException {
        Command.of("ip", "link", "add", "under0", "type", "veth", "peer", "name", "under1").run();
        try (RtNetlink kernel = RtNetlink.open(Netns.current())) {
            Command.of("ip", "addr", "add", "10.100.1.1/16", "dev", "under0").run();
            Command.of("ip", "link", "set", "under0", "up").run();
            Command.of("ip", "link", "set", "under1", "up").run();
            Command.of("ip", "route", "add", "default", "via", "10.100.1.2").run();
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
                sync.add((System.nanoTime() - start) / 1e9);
                memory.add(agent.residentMegabytes());
                for (int i = 0; i < extra; i++) {
                    more.add(oneMore(store, kernel, nodes + i));
                }
            }
        } finally {
            for (String link : List.of("under0", "flannel.1", "cni0")) {
                var _ = Command.of("ip", "link", "del", link).start();
            }
            Processes.pause(1000);
        }
    }

    /** Milliseconds until its route is in the kernel. */
    private static double oneMore(NodeStore store, RtNetlink kernel, int number)
            throws IOException {
        String text = nodes(number, number + 1).values().iterator().next();
        Map<String, String> node = Map.of("nodes/" + name(number), text);
        long start = System.nanoTime();
        store.put(node);
        while (!hasRoute(kernel, number)) {
            check(start, "a route to node " + number);
        }
        return (System.nanoTime() - start) / MILLI;
    }

    private static boolean hasRoute(RtNetlink kernel, int number) throws IOException {
        Route route = kernel.lookup(IpAddresses.parse(subnet(number) + ".9"));
        return route.nextHops().stream()
                .anyMatch(hop ->
                        hop.gateway()
                                .map(IpAddresses::format)
                                .orElse("")
                                .equals(subnet(number) + ".0"));
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

    private static Map<String, String> nodes(int from, int to) {
        Map<String, String> nodes = new LinkedHashMap<>();
        for (int i = from; i < to; i++) {
            nodes.put("nodes/" + name(i), node(i));
        }
        return nodes;
    }

    private static String name(int number) {
        return "node-%05d".formatted(number);
    }

    /** The first three octets; the network's very first subnet stays free for our own node. */
    private static String subnet(int number) {
        int index = number + 2;
        return "10." + (128 + index / 256) + "." + index % 256;
    }

    /** As an agent writes its own. */
    private static String node(int number) {
        String mac = "02:00:00:00:%02x:%02x".formatted(number / 256, number % 256);
        return """
        {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "%1$s", "annotations": {
           "kakehashi.dev/vtep-mac": "%2$s",
           "flannel.alpha.coreos.com/kube-subnet-manager": "true",
           "flannel.alpha.coreos.com/backend-type": "vxlan",
           "flannel.alpha.coreos.com/public-ip": "10.100.%3$d.%4$d",
           "flannel.alpha.coreos.com/backend-data": "{\\"VNI\\":1,\\"VtepMAC\\":\\"%2$s\\"}"}},
         "spec": {"podCIDR": "%5$s.0/24", "podCIDRs": ["%5$s.0/24"]},
         "status": {"conditions": [{"type": "NetworkUnavailable", "status": "False",
           "reason": "KakehashiIsUp", "message": "network pods by carrier vxlan"}]}}
        """
                .formatted(name(number), mac, 2 + number / 250, 1 + number % 250, subnet(number));
    }
}
