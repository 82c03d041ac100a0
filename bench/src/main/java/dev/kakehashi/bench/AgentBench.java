package dev.kakehashi.bench;

import dev.kakehashi.bench.Result.Target;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The agent's own costs: its start, its memory after work, and the work without it. */
final class AgentBench {
    private static final double MILLI = 1e6;

    private final Spawner spawner;
    private final Path work;
    private final Path home;

    AgentBench(Spawner spawner, Path work, Path home) {
        this.spawner = spawner;
        this.work = work;
        this.home = home;
    }

    List<Result> run(int starts, int oneShots, int rounds) throws IOException {
        List<Result> results = new ArrayList<>();
        results.add(start(starts));
        results.add(memory(rounds));
        results.add(oneShot(oneShots));
        return results;
    }

    private Result start(int times) throws IOException {
        Sample ready = new Sample();
        for (int i = 0; i < times; i++) {
            Path socket = work.resolve("start" + i + ".sock");
            try (AgentProcess agent = AgentProcess.start(home, socket, work.resolve("agent.log"))) {
                ready.add(agent.millisToReady());
            }
        }
        return new Result(
                "agent: exec to ready", "ms", ready, new Sample(), new Target.AtMost(150));
    }

    private Result memory(int rounds) throws IOException {
        Path socket = work.resolve("memory.sock");
        Subject subject =
                new Subject(
                        "memory",
                        home.resolve("cni"),
                        Map.of("KAKEHASHI_SOCKET", socket.toString()),
                        "benchmem",
                        "10.97.0.0/16");
        Sample resident = new Sample();
        try (AgentProcess agent = AgentProcess.start(home, socket, work.resolve("agent.log"))) {
            for (int i = 0; i < rounds; i++) {
                addAndDel(subject, "memory" + i);
            }
            resident.add(agent.residentMegabytes());
        }
        return new Result(
                "agent: RSS after " + rounds + " ADD/DEL",
                "MB",
                resident,
                new Sample(),
                new Target.AtMost(80));
    }

    private Result oneShot(int times) throws IOException {
        Subject subject =
                new Subject(
                        "oneshot",
                        home.resolve("cni"),
                        Map.of("KAKEHASHI_AGENT", "off"),
                        "benchone",
                        "10.96.0.0/16");
        Sample add = new Sample();
        for (int i = 0; i < times; i++) {
            add.add(addAndDel(subject, "oneshot" + i));
        }
        return new Result(
                "one-shot ADD without agent", "ms", add, new Sample(), new Target.AtMost(100));
    }

    private double addAndDel(Subject subject, String id) throws IOException {
        try (Container container = Container.make(id)) {
            long add = spawner.run(List.of(subject.job(work, "ADD", container))).total();
            spawner.run(List.of(subject.job(work, "DEL", container)));
            return add / MILLI;
        }
    }
}
