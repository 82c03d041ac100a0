package dev.kakehashi.cli;

import dev.kakehashi.lab.LabSpec;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.util.Iterator;
import java.util.concurrent.Callable;

/** {@code kakehashi lab carrier}. */
@Command(
        name = "carrier",
        mixinStandardHelpOptions = true,
        description = "Changes how packets travel between the nodes, under the running pods.")
final class LabCarrierCommand implements Callable<Integer> {
    @Mixin LabOptions options = new LabOptions();
    @Spec CommandSpec spec = CommandSpec.create();

    /** What completion offers and help names. */
    static final class Names implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return LabSpec.CARRIERS.iterator();
        }
    }

    @Parameters(
            paramLabel = "CARRIER",
            completionCandidates = Names.class,
            description = "One of ${COMPLETION-CANDIDATES}.")
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
