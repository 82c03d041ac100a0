package dev.kakehashi.bench;

import dev.kakehashi.bench.Result.Target;

import java.io.IOException;
import java.nio.file.Path;

/** The conformance suite over every plugin whose devices this machine's kernel has. */
final class ConformanceBench {
    private static final int ROUNDS = 3;
    private static final int LIMIT_SECONDS = 60;

    private final Path home;
    private final Path reference;

    /**
     * A measurement.
     *
     * @param home our dist folder
     * @param reference the folder of the reference plugins
     */
    ConformanceBench(Path home, Path reference) {
        this.home = home;
        this.reference = reference;
    }

    Result run(Effort effort) throws IOException {
        Sample ours = new Sample();
        Sample peer = new Sample();
        for (int i = 0; i < effort.rounds(ROUNDS); i++) {
            ours.add(seconds(home.resolve("cni"), true));
            peer.add(seconds(reference, false));
        }
        return new Result(
                "conformance suite over all plugins",
                "s",
                ours,
                peer,
                new Target.AtMost(LIMIT_SECONDS));
    }

    /** The reference plugins do not pass all of it; the time is the suite's all the same. */
    private double seconds(Path plugins, boolean passes) throws IOException {
        Command suite =
                Command.of(
                        home.resolve("bin/kakehashi").toString(),
                        "conformance",
                        plugins.toString());
        long start = System.nanoTime();
        if (passes) {
            var _ = suite.run();
        } else {
            var _ = Processes.await(suite.start());
        }
        return (System.nanoTime() - start) / 1e9;
    }
}
