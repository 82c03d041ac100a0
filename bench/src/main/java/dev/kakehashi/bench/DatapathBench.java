package dev.kakehashi.bench;

import dev.kakehashi.bench.Result.Target;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * TCP between pods of two nodes of a lab, beside a network of the same objects that was made by
 * hand. The two take turns, and each pair begins with the other one, so that what else the machine
 * does meets both. Many short pairs say more than a few long ones: what disturbs a machine that
 * others share lasts for seconds.
 */
final class DatapathBench {
    private static final String LAB = "benchpath";
    private static final int THROUGHPUTS = 40;
    private static final int REQUESTS = 20;

    /** How long a transfer takes at about the rate that was seen first. */
    private static final double TRANSFER_SECONDS = 0.4;

    private final Command kakehashi;
    private final Command handmade;

    /**
     * Of a build.
     *
     * @param home the folder of the build
     * @param handmade the script that makes a network by hand
     * @param bird the program for the carrier {@code bgp}, which a lab looks for by its name
     */
    DatapathBench(Path home, Path handmade, Path bird) {
        String path = bird.resolveSibling("") + ":" + System.getenv("PATH");
        this.kakehashi =
                Command.of("env", "PATH=" + path, home.resolve("bin/kakehashi").toString());
        this.handmade = Command.of(handmade.toString());
    }

    List<Result> run(String carrier, Effort effort) throws IOException {
        handmade.with("up", carrier).run();
        try {
            lab("up", "--nodes", "2", "--pods-per-node", "1", "--carrier", carrier).run();
            try {
                return measure(carrier, effort);
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

    private List<Result> measure(String carrier, Effort effort) throws IOException {
        try (PodEntry client = PodEntry.of(lab("exec", "pod1", "--"));
                PodEntry server = PodEntry.of(lab("exec", "pod2", "--"));
                Traffic ours = Traffic.between(labPods(client, server));
                Traffic hand = Traffic.between(handmadePods())) {
            double first = hand.megabitsPerSecond("-t", "1");
            String octets = Long.toString((long) (first * 1e6 / 8 * TRANSFER_SECONDS));
            return List.of(
                    alternate(
                            carrier + ": TCP throughput, pod to pod",
                            "Mbit/s",
                            effort.rounds(THROUGHPUTS),
                            () -> ours.megabitsPerSecond("-n", octets),
                            () -> hand.megabitsPerSecond("-n", octets)),
                    alternate(
                            carrier + ": TCP request-response",
                            "1/s",
                            effort.rounds(REQUESTS),
                            () -> ours.requestsPerSecond(1),
                            () -> hand.requestsPerSecond(1)));
        }
    }

    /** One measurement. */
    @FunctionalInterface
    private interface Measurement {
        double take() throws IOException;
    }

    private static Result alternate(
            String what, String unit, int rounds, Measurement ours, Measurement hand)
            throws IOException {
        Sample ourValues = new Sample();
        Sample handValues = new Sample();
        for (int i = 0; i < rounds; i++) {
            if (i % 2 == 0) {
                ourValues.add(ours.take());
                handValues.add(hand.take());
            } else {
                handValues.add(hand.take());
                ourValues.add(ours.take());
            }
        }
        return new Result(what, unit, ourValues, handValues, new Target.AtLeastRatio(0.97));
    }

    private static PodPair labPods(PodEntry client, PodEntry server) throws IOException {
        String address = server.command().with("hostname", "-I").run().strip();
        return new PodPair(client.command(), server.command(), address);
    }

    private static PodPair handmadePods() {
        return new PodPair(
                Command.of("ip", "netns", "exec", "hand-pod1"),
                Command.of("ip", "netns", "exec", "hand-pod2"),
                "10.243.2.2");
    }
}
