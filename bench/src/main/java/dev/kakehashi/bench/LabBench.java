package dev.kakehashi.bench;

import dev.kakehashi.bench.Result.Target;

import java.io.IOException;
import java.nio.file.Path;

/** A lab of three nodes with two pods each, from the command to everything reached. */
final class LabBench {
    private static final String LAB = "benchlab";
    private static final int ROUNDS = 3;

    private final Command kakehashi;

    LabBench(Path home) {
        this.kakehashi = Command.of(home.resolve("bin/kakehashi").toString());
    }

    Result run(Effort effort) throws IOException {
        Sample up = new Sample();
        for (int i = 0; i < effort.rounds(ROUNDS); i++) {
            long start = System.nanoTime();
            lab("up", "--nodes", "3", "--pods-per-node", "2").run();
            lab("reach").run();
            up.add((System.nanoTime() - start) / 1e9);
            lab("down").run();
        }
        return new Result(
                "lab of 3 nodes x 2 pods, all reachable",
                "s",
                up,
                new Sample(),
                new Target.AtMost(6));
    }

    private Command lab(String verb, String... arguments) {
        return kakehashi.with("lab", verb, "--name", LAB).with(arguments);
    }
}
