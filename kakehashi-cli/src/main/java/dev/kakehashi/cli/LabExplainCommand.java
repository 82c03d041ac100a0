package dev.kakehashi.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import java.util.concurrent.Callable;

/** {@code kakehashi lab explain}. */
@Command(
        name = "explain",
        mixinStandardHelpOptions = true,
        description =
                "Explains a packet's way from one pod to another by the kernel's own objects.")
final class LabExplainCommand implements Callable<Integer> {
    @Mixin LabOptions options = new LabOptions();

    @Parameters(paramLabel = "FROM", description = "A pod.")
    String from = "";

    @Parameters(paramLabel = "TO", description = "A pod, a node, \"outside\" or an address.")
    String to = "";

    @Override
    public Integer call() throws Exception {
        options.open().explain(from, to).forEach(System.out::println);
        return 0;
    }
}
