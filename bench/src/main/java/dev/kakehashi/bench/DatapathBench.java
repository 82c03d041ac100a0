package dev.kakehashi.bench;

import dev.kakehashi.bench.Result.Target;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * TCP between pods of two nodes of a lab, beside a network of the same objects that was made by
 * hand. The two take turns, and each pair begins with the other one, so that what else the machine
 * does meets both.
 */
final class DatapathBench {
    private static final String LAB = "benchpath";
    private static final int SECONDS = 1;

    private final Command kakehashi;
    private final Command handmade;

    DatapathBench(Path home, Path handmade) {
        this.kakehashi = Command.of(home.resolve("bin/kakehashi").toString());
        this.handmade = Command.of(handmade.toString());
    }

    List<Result> run(String carrier, int rounds) throws IOException {
        handmade.with("up", carrier).run();
        try {
            lab("up", "--nodes", "2", "--pods-per-node", "1", "--carrier", carrier).run();
            try {
                return measure(carrier, rounds);
            } finally {
                lab("down").run();
            }
        } finally {
            handmade.with("down").run();
        }
    }

    private Command lab(String verb, String... arguments) {
        return kakehashi.with("lab", verb, "--name", LAB).with(arguments);
    }

    private List<Result> measure(String carrier, int rounds) throws IOException {
        Sample ourThroughput = new Sample();
        Sample handThroughput = new Sample();
        Sample ourRequests = new Sample();
        Sample handRequests = new Sample();
        try (Traffic ours = Traffic.between(labPods());
                Traffic hand = Traffic.between(handmadePods())) {
            for (int i = 0; i < rounds; i++) {
                if (i % 2 == 0) {
                    round(ours, ourThroughput, ourRequests);
                    round(hand, handThroughput, handRequests);
                } else {
                    round(hand, handThroughput, handRequests);
                    round(ours, ourThroughput, ourRequests);
                }
            }
        }
        return List.of(
                new Result(
                        carrier + ": TCP throughput, pod to pod",
                        "Mbit/s",
                        ourThroughput,
                        handThroughput,
                        new Target.AtLeastRatio(0.97)),
                new Result(
                        carrier + ": TCP request-response",
                        "1/s",
                        ourRequests,
                        handRequests,
                        new Target.AtLeastRatio(0.97)));
    }

    private static void round(Traffic traffic, Sample throughput, Sample requests)
            throws IOException {
        throughput.add(traffic.megabitsPerSecond(SECONDS));
        requests.add(traffic.requestsPerSecond(SECONDS));
    }

    private PodPair labPods() throws IOException {
        String address = lab("exec", "pod2", "--", "hostname", "-I").run().strip();
        return new PodPair(lab("exec", "pod1", "--"), lab("exec", "pod2", "--"), address);
    }

    private static PodPair handmadePods() {
        return new PodPair(
                Command.of("ip", "netns", "exec", "hand-pod1"),
                Command.of("ip", "netns", "exec", "hand-pod2"),
                "10.243.2.2");
    }
}
