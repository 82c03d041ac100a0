package dev.kakehashi.cli;

import dev.kakehashi.lab.Lab;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.util.concurrent.Callable;

/** {@code kakehashi lab down}. */
@Command(
        name = "down",
        mixinStandardHelpOptions = true,
        description = {
            "Removes a lab and leaves the machine as it was found.",
            "Works also when \"lab up\" was killed half-way; no lab is no error."
        })
final class LabDownCommand implements Callable<Integer> {
    @Mixin LabOptions options = new LabOptions();

    @Override
    public Integer call() throws Exception {
        Lab.down(options.name, new TerminalProgress(System.err));
        return 0;
    }
}
