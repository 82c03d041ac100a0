package dev.kakehashi.cli;

import dev.kakehashi.lab.Lab;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.util.List;
import java.util.concurrent.Callable;

/** {@code kakehashi lab ping}. */
@Command(
        name = "ping",
        mixinStandardHelpOptions = true,
        description = "Pings from one pod, node or the outside to another, by name or address.")
final class LabPingCommand implements Callable<Integer> {
    @Mixin LabOptions options = new LabOptions();

    @Option(
            names = {"-c", "--count"},
            paramLabel = "N",
            defaultValue = "3",
            description = "How many (default: ${DEFAULT-VALUE}).")
    int count;

    @Parameters(index = "0", paramLabel = "FROM", description = "A pod, a node or \"outside\".")
    String from = "";

    @Parameters(
            index = "1",
            paramLabel = "TO",
            description = "A pod, a node, \"outside\" or an address.")
    String to = "";

    @Override
    public Integer call() throws Exception {
        Lab lab = options.open();
        return lab.exec(
                from,
                List.of(
                        "ping",
                        "-n",
                        "-c",
                        Integer.toString(count),
                        "-i",
                        "0.2",
                        lab.addressOf(to)));
    }
}
