package dev.kakehashi.cli;

import dev.kakehashi.lab.Lab;
import dev.kakehashi.lab.LabSpec;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;

/** The options that every lab command has. */
final class LabOptions {
    @Option(
            names = "--name",
            paramLabel = "NAME",
            defaultValue = LabSpec.DEFAULT_NAME,
            description = "Name of the lab, if there are several (default: ${DEFAULT-VALUE}).")
    String name = LabSpec.DEFAULT_NAME;

    @Mixin OutputOption output = new OutputOption();

    /** The lab of that name. */
    Lab open() throws IOException {
        return Lab.open(name);
    }
}
