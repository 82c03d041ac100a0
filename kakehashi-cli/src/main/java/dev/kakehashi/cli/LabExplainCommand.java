package dev.kakehashi.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import java.util.concurrent.Callable;

/** {@code kakehashi lab explain}. */
@Command(
        name = "explain",
        mixinStandardHelpOptions = true,
        description = {
            "Explains a packet's way from a pod to somewhere by the kernels' own objects.",
            "Each step names the command that shows the object: run it there with"
                    + " \"kakehashi lab exec WHERE -- COMMAND\"."
        })
final class LabExplainCommand implements Callable<Integer> {
    @Mixin LabOptions options = new LabOptions();

    @Parameters(index = "0", paramLabel = "FROM", description = "A pod.")
    String from = "";

    @Parameters(
            index = "1",
            paramLabel = "TO",
            description = "A pod, a node, \"outside\" or an address.")
    String to = "";

    @Override
    public Integer call() throws Exception {
        new LabReport(options.open(), options.output.format).explain(from, to);
        return 0;
    }
}
