package dev.kakehashi.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import java.util.concurrent.Callable;

/** {@code kakehashi lab add-pod}. */
@Command(
        name = "add-pod",
        mixinStandardHelpOptions = true,
        description = "Adds a pod to a node: namespace, then the CNI's ADD.")
final class LabAddPodCommand implements Callable<Integer> {
    @Mixin LabOptions options = new LabOptions();

    @Parameters(index = "0", paramLabel = "NODE", description = "The node it is to run on.")
    String node = "";

    @Parameters(
            index = "1",
            paramLabel = "POD",
            arity = "0..1",
            defaultValue = "",
            description = "Its name; the next free number if not given.")
    String pod = "";

    @Override
    public Integer call() throws Exception {
        new LabReport(options.open(), options.output.format).added(node, pod);
        return 0;
    }
}
