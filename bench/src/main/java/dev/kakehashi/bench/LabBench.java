package dev.kakehashi.bench;

import dev.kakehashi.bench.Result.Target;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A lab of three nodes with two pods each, from the command to everything reached. */
final class LabBench {
    private final Path home;
    private final Path log;

    LabBench(Path home, Path log) {
        this.home = home;
        this.log = log;
    }

    Result run(int times) throws IOException {
        Sample up = new Sample();
        for (int i = 0; i < times; i++) {
            long start = System.nanoTime();
            kakehashi("lab", "up", "--name", "benchlab", "--nodes", "3", "--pods-per-node", "2");
            up.add((System.nanoTime() - start) / 1e9);
            kakehashi("lab", "down", "--name", "benchlab");
        }
        return new Result(
                "lab of 3 nodes x 2 pods, all reachable",
                "s",
                up,
                new Sample(),
                new Target.AtMost(6));
    }

    private void kakehashi(String... arguments) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(home.resolve("bin/kakehashi").toString());
        builder.command().addAll(List.of(arguments));
        builder.redirectErrorStream(true);
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        try {
            int status = builder.start().waitFor();
            if (status != 0) {
                throw new IOException(
                        String.join(" ", builder.command())
                                + ": status "
                                + status
                                + "; see "
                                + log);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
