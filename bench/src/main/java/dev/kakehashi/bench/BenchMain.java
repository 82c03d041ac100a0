package dev.kakehashi.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Runs the benchmarks: {@code BenchMain HOME REFERENCE TIMED_SPAWN HANDMADE RESULTS [ROUNDS]
 * [PART...]}.
 *
 * <p>It must run in network and mount namespaces of its own with an empty /run and /var/lib/cni;
 * {@code make bench} sees to that.
 */
public final class BenchMain {
    private static final int PATHS = 5;

    /** A part for the virtual machine, which has what other kernels may lack: run when named. */
    private static final String IN_VM = "carriers-vm";

    /** The parts by the report that they make together. */
    private static final Map<String, Set<String>> REPORTS =
            Map.ofEntries(
                    Map.entry("foundation", Set.of("plugins", "agent", "lab", "datapath")),
                    Map.entry("chains", Set.of("chains", "scale")),
                    Map.entry("carriers", Set.of("carriers")),
                    Map.entry(IN_VM, Set.of(IN_VM)),
                    Map.entry("conformance", Set.of("conformance")),
                    Map.entry("cluster", Set.of("cluster")),
                    Map.entry("heal", Set.of("heal")),
                    Map.entry("converge", Set.of("converge")),
                    Map.entry("ipam", Set.of("ipam")),
                    Map.entry("kubernetes", Set.of("kubernetes")),
                    Map.entry("migrate", Set.of("migrate")));

    /** The carriers that each part sends traffic over. */
    private static final Map<String, List<String>> CARRIERS =
            Map.of(
                    "datapath",
                    List.of("vxlan", "host-gw"),
                    "carriers",
                    List.of("bgp"),
                    IN_VM,
                    List.of("ipip", "wireguard"));

    private final Path home;
    private final Path reference;
    private final Path timedSpawn;
    private final Path handmade;
    private final Path work;
    private final Effort effort;

    private BenchMain(List<Path> paths, Path work, Effort effort) {
        this.home = paths.get(0);
        this.reference = paths.get(1);
        this.timedSpawn = paths.get(2);
        this.handmade = paths.get(3);
        this.work = work;
        this.effort = effort;
    }

    /**
     * Measures and prints a table; a report in RESULTS is written when all its parts were measured
     * in full.
     *
     * @param args our dist folder, the folder of the reference plugins, the compiled timed_spawn,
     *     the script that makes a network by hand, the folder for the results; then how often
     *     things are measured at most, if not in full; then the parts to run, all but the one for
     *     the virtual machine when none is named
     * @throws IOException when something that is measured fails
     */
    public static void main(String[] args) throws IOException {
        List<String> words = Arrays.asList(args);
        boolean whole = args.length <= PATHS || !words.get(PATHS).matches("[1-9][0-9]{0,5}");
        Effort effort = whole ? Effort.WHOLE : new Effort(Integer.parseInt(words.get(PATHS)));
        Set<String> all = new TreeSet<>();
        REPORTS.values().forEach(all::addAll);
        List<String> named =
                words.subList(Math.min(PATHS + (whole ? 0 : 1), args.length), args.length);
        if (args.length < PATHS || !all.containsAll(named)) {
            throw new IllegalArgumentException(
                    "usage: BenchMain HOME REFERENCE SPAWN HANDMADE RESULTS [ROUNDS] [PART...]; parts are "
                            + String.join(", ", all));
        }
        Set<String> usual = new TreeSet<>(all);
        usual.remove(IN_VM);
        List<Path> paths = words.subList(0, PATHS).stream().map(Path::of).toList();
        Path work = Files.createTempDirectory("kakehashi-bench");
        Map<String, List<Result>> results =
                new BenchMain(paths, work, effort).run(named.isEmpty() ? usual : Set.copyOf(named));
        new Report(Machine.describe(), results.values().stream().flatMap(List::stream).toList())
                .print(System.out);
        if (effort.isWhole()) {
            write(results, paths.get(4));
        }
    }

    private static void write(Map<String, List<Result>> results, Path folder) throws IOException {
        for (Map.Entry<String, Set<String>> report : REPORTS.entrySet()) {
            if (results.keySet().containsAll(report.getValue())) {
                List<Result> own = new ArrayList<>();
                results.forEach((part, found) -> {
                    if (report.getValue().contains(part)) {
                        own.addAll(found);
                    }
                });
                new Report(Machine.describe(), own).write(folder, report.getKey());
            }
        }
    }

    private Map<String, List<Result>> run(Set<String> parts) throws IOException {
        Map<String, List<Result>> results = new LinkedHashMap<>();
        try (Spawner spawner = new Spawner(timedSpawn)) {
            if (parts.contains("plugins")) {
                say("ADD and DEL beside the reference plugins");
                results.put(
                        "plugins",
                        beside(
                                "one",
                                (ours, peer) ->
                                        new PluginBench(spawner, work, ours, peer, least("least"))
                                                .run(effort)));
            }
            if (parts.contains("chains")) {
                say("chains of plugins beside the reference plugins");
                results.put(
                        "chains",
                        beside(
                                "chain",
                                (ours, peer) ->
                                        new ChainBench(spawner, work, ours, peer, least("chleast"))
                                                .run(effort)));
            }
            if (parts.contains("scale")) {
                say("a host that is full already");
                results.put(
                        "scale",
                        beside(
                                "full",
                                (ours, peer) ->
                                        new ScaleBench(spawner, work, ours, peer).run(effort)));
            }
            if (parts.contains("ipam")) {
                say("addresses of own pools");
                Path etcd = reference.resolveSibling("etcd/usr/bin/etcd");
                results.put("ipam", new IpamBench(spawner, work, home, etcd).run(effort));
            }
            if (parts.contains("agent")) {
                say("the agent");
                results.put(
                        "agent",
                        new AgentBench(spawner, work, home)
                                .run(effort.rounds(10), effort.rounds(20), effort.rounds(500)));
            }
        }
        if (parts.contains("lab")) {
            say("the lab");
            results.put("lab", List.of(new LabBench(home).run(effort)));
        }
        if (parts.contains("conformance")) {
            say("the conformance suite over our plugins and the reference plugins");
            results.put("conformance", List.of(new ConformanceBench(home, reference).run(effort)));
        }
        if (parts.contains("cluster")) {
            say("an agent among thousands of nodes");
            Path peers = reference.resolveSibling("");
            results.put("cluster", new ClusterBench(work, home, peers).run(effort));
        }
        Path bird = reference.resolveSibling("bird/bird");
        if (parts.contains("heal")) {
            say("what a foreign hand deletes of a node");
            results.put("heal", new HealBench(work, home, bird).run(effort));
        }
        if (parts.contains("migrate")) {
            say("changes of the carrier under traffic");
            results.put("migrate", new MigrateBench(work, home, bird).run(effort));
        }
        if (parts.contains("converge")) {
            say("from a store to the kernel");
            Path peers = reference.resolveSibling("");
            results.put("converge", new ConvergeBench(work, home, peers).run(effort));
        }
        if (parts.contains("kubernetes")) {
            say("many pods at once on a real Kubernetes beside the reference plugins");
            results.put("kubernetes", new KubernetesBench(work, home, reference).run(effort));
        }
        DatapathBench datapath = new DatapathBench(home, handmade, bird);
        for (String part : List.of("datapath", "carriers", IN_VM)) {
            if (parts.contains(part)) {
                results.put(part, traffic(datapath, CARRIERS.getOrDefault(part, List.of())));
            }
        }
        return results;
    }

    /** A measurement of ours beside the reference plugins. */
    @FunctionalInterface
    private interface Comparison {
        List<Result> run(Subject ours, Subject peer) throws IOException;
    }

    /** Compares, with a fresh agent and networks of their own. */
    private List<Result> beside(String name, Comparison comparison) throws IOException {
        Path socket = work.resolve(name + ".sock");
        Subject peer = new Subject("ref", reference, Map.of(), name + "ref", "10.98.0.0/16");
        Subject ours =
                new Subject(
                        "ours",
                        home.resolve("cni"),
                        Map.of("KAKEHASHI_SOCKET", socket.toString()),
                        name + "ours",
                        "10.99.0.0/16");
        try (AgentProcess _ = AgentProcess.start(home, socket, work.resolve("agent.log"))) {
            return comparison.run(ours, peer);
        }
    }

    private Subject least(String bridge) throws IOException {
        return Least.subject(bridge, work, timedSpawn.resolveSibling("least"));
    }

    private List<Result> traffic(DatapathBench bench, List<String> carriers) throws IOException {
        List<Result> results = new ArrayList<>();
        for (String carrier : carriers) {
            say("traffic over " + carrier + " beside a network made by hand");
            results.addAll(bench.run(carrier, effort));
        }
        return results;
    }

    private static void say(String what) {
        System.err.println("measuring " + what);
    }
}
