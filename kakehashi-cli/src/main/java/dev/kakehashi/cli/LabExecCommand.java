package dev.kakehashi.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code kakehashi lab exec}. */
@Command(
        name = "exec",
        mixinStandardHelpOptions = true,
        description = "Runs a command inside a pod, a node or the outside host.")
final class LabExecCommand implements Callable<Integer> {
    @Mixin LabOptions options = new LabOptions();

    @Parameters(index = "0", paramLabel = "WHERE", description = "A pod, a node or \"outside\".")
    String where = "";

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "COMMAND",
            description = "The command and its arguments; write -- before it.")
    List<String> command = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        return options.open().exec(where, command);
    }
}
