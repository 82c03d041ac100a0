package dev.kakehashi.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.util.concurrent.Callable;

/** {@code kakehashi lab carrier}. */
@Command(
        name = "carrier",
        mixinStandardHelpOptions = true,
        description = "Changes how packets travel between the nodes, under the running pods.")
final class LabCarrierCommand implements Callable<Integer> {
    @Mixin LabOptions options = new LabOptions();
    @Spec CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "CARRIER", description = "vxlan or host-gw.")
    String carrier = "";

    @Override
    public Integer call() throws Exception {
        try {
            options.open().carrier(carrier, new TerminalProgress(System.err));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        return 0;
    }
}
