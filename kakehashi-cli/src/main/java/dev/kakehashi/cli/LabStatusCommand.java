package dev.kakehashi.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.util.concurrent.Callable;

/** {@code kakehashi lab status}. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = "Shows the nodes and pods of a lab.")
final class LabStatusCommand implements Callable<Integer> {
    @Mixin LabOptions options = new LabOptions();

    @Override
    public Integer call() throws Exception {
        new LabReport(options.open(), options.output.format).status();
        return 0;
    }
}
