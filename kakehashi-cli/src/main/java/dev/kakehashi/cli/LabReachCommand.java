package dev.kakehashi.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.util.concurrent.Callable;

/** {@code kakehashi lab reach}. */
@Command(
        name = "reach",
        mixinStandardHelpOptions = true,
        description = {
            "Tests every pod to every other pod, to its node and to the outside.",
            "Exit status 1 when something is not reached or seen under the wrong address."
        })
final class LabReachCommand implements Callable<Integer> {
    @Mixin LabOptions options = new LabOptions();

    @Override
    public Integer call() throws Exception {
        return new LabReport(options.open(), options.output.format)
                .reach(new TerminalProgress(System.err));
    }
}
