package dev.kakehashi.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Runs all benchmarks: {@code BenchMain HOME REFERENCE TIMED_SPAWN RESULTS}.
 *
 * <p>It must run in network and mount namespaces of its own with an empty /run and /var/lib/cni;
 * {@code make bench} sees to that.
 */
public final class BenchMain {
    private BenchMain() {}

    /**
     * Measures everything and writes the report.
     *
     * @param args our dist folder, the folder of the reference plugins, the compiled timed_spawn,
     *     the folder for the results
     * @throws IOException when something that is measured fails
     */
    public static void main(String[] args) throws IOException {
        if (args.length != 4) {
            throw new IllegalArgumentException("usage: BenchMain HOME REFERENCE SPAWN RESULTS");
        }
        Path home = Path.of(args[0]);
        Path work = Files.createTempDirectory("kakehashi-bench");
        List<Result> results = new ArrayList<>();
        try (Spawner spawner = new Spawner(Path.of(args[2]))) {
            results.addAll(plugins(spawner, work, home, Path.of(args[1])));
            say("the agent");
            results.addAll(new AgentBench(spawner, work, home).run(10, 20, 500));
        }
        say("the lab");
        results.add(new LabBench(home, work.resolve("lab.log")).run(3));
        Report report = new Report(Machine.describe(), results);
        report.print(System.out);
        report.write(Path.of(args[3]), "foundation");
    }

    private static List<Result> plugins(Spawner spawner, Path work, Path home, Path reference)
            throws IOException {
        say("ADD and DEL beside the reference plugins");
        Path socket = work.resolve("agent.sock");
        Subject peer = new Subject("ref", reference, Map.of(), "benchref", "10.98.0.0/16");
        Subject ours =
                new Subject(
                        "ours",
                        home.resolve("cni"),
                        Map.of("KAKEHASHI_SOCKET", socket.toString()),
                        "benchours",
                        "10.99.0.0/16");
        try (AgentProcess _ = AgentProcess.start(home, socket, work.resolve("agent.log"))) {
            return new PluginBench(spawner, work, ours, peer).run(100);
        }
    }

    private static void say(String what) {
        System.err.println("measuring " + what);
    }
}
