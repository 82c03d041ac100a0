package dev.kakehashi.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Runs the benchmarks: {@code BenchMain HOME REFERENCE TIMED_SPAWN HANDMADE RESULTS [PART...]}.
 *
 * <p>It must run in network and mount namespaces of its own with an empty /run and /var/lib/cni;
 * {@code make bench} sees to that.
 */
public final class BenchMain {
    private static final Set<String> PARTS =
            Set.of("plugins", "chains", "scale", "agent", "lab", "datapath");

    private final Path home;
    private final Path reference;
    private final Path timedSpawn;
    private final Path handmade;
    private final Path work;

    private BenchMain(List<Path> paths, Path work) {
        this.home = paths.get(0);
        this.reference = paths.get(1);
        this.timedSpawn = paths.get(2);
        this.handmade = paths.get(3);
        this.work = work;
    }

    /**
     * Measures and prints a table; the report in RESULTS is of a whole run only.
     *
     * @param args our dist folder, the folder of the reference plugins, the compiled timed_spawn,
     *     the script that makes a network by hand, the folder for the results; then the parts to
     *     run out of plugins, chains, scale, agent, lab and datapath, all when none is named
     * @throws IOException when something that is measured fails
     */
    public static void main(String[] args) throws IOException {
        List<String> words = Arrays.asList(args);
        if (args.length < 5 || !PARTS.containsAll(words.subList(5, args.length))) {
            throw new IllegalArgumentException(
                    "usage: BenchMain HOME REFERENCE SPAWN HANDMADE RESULTS"
                            + " [plugins|chains|scale|agent|lab|datapath]...");
        }
        List<Path> paths = words.subList(0, 5).stream().map(Path::of).toList();
        Set<String> parts = args.length == 5 ? PARTS : Set.copyOf(words.subList(5, args.length));
        Path work = Files.createTempDirectory("kakehashi-bench");
        List<Result> results = new BenchMain(paths, work).run(parts);
        Report report = new Report(Machine.describe(), results);
        report.print(System.out);
        if (parts.equals(PARTS)) {
            report.write(paths.get(4), "foundation");
        }
    }

    private List<Result> run(Set<String> parts) throws IOException {
        List<Result> results = new ArrayList<>();
        try (Spawner spawner = new Spawner(timedSpawn)) {
            if (parts.contains("plugins")) {
                say("ADD and DEL beside the reference plugins");
                results.addAll(
                        beside(
                                "one",
                                (ours, peer) ->
                                        new PluginBench(spawner, work, ours, peer).run(100)));
            }
            if (parts.contains("chains")) {
                say("chains of plugins beside the reference plugins");
                results.addAll(
                        beside(
                                "chain",
                                (ours, peer) -> new ChainBench(spawner, work, ours, peer).run(40)));
            }
            if (parts.contains("scale")) {
                say("a host that is full already");
                results.addAll(
                        beside(
                                "full",
                                (ours, peer) -> new ScaleBench(spawner, work, ours, peer).run()));
            }
            if (parts.contains("agent")) {
                say("the agent");
                results.addAll(new AgentBench(spawner, work, home).run(10, 20, 500));
            }
        }
        if (parts.contains("lab")) {
            say("the lab");
            results.add(new LabBench(home).run(3));
        }
        if (parts.contains("datapath")) {
            results.addAll(datapath());
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

    private List<Result> datapath() throws IOException {
        List<Result> results = new ArrayList<>();
        DatapathBench bench = new DatapathBench(home, handmade);
        for (String carrier : List.of("vxlan", "host-gw")) {
            say("traffic over " + carrier + " beside a network made by hand");
            results.addAll(bench.run(carrier, 12));
        }
        return results;
    }

    private static void say(String what) {
        System.err.println("measuring " + what);
    }
}
