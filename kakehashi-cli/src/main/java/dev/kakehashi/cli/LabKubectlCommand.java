package dev.kakehashi.cli;

import dev.kakehashi.lab.Lab;
import dev.kakehashi.lab.LabSpec;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code kakehashi lab kubectl}. */
@Command(
        name = "kubectl",
        mixinStandardHelpOptions = true,
        description = "Runs kubectl as the administrator of a lab's Kubernetes.")
final class LabKubectlCommand implements Callable<Integer> {
    @Option(
            names = "--name",
            paramLabel = "NAME",
            defaultValue = LabSpec.DEFAULT_NAME,
            description = "Name of the lab, if there are several (default: ${DEFAULT-VALUE}).")
    String name = LabSpec.DEFAULT_NAME;

    @Parameters(
            paramLabel = "ARGUMENT",
            arity = "1..*",
            description = "What kubectl is told; options of its own come after the first word.")
    List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        return Lab.open(name).kubectl(arguments);
    }
}
