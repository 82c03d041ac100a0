package dev.kakehashi.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * {@code cnitool gc}, whose arguments are those of the reference: all attachments of the network go
 * unless it is said which are valid.
 */
@Command(
        name = "gc",
        mixinStandardHelpOptions = true,
        description = {
            "Deletes the attachments of a network that are remembered but not valid, and has every"
                    + " plugin remove what belongs to none of the valid ones.",
            "Without --valid and --existing none is valid: everything of the network goes."
        })
final class CnitoolGcCommand implements Callable<Integer> {
    @Mixin CniOptions where = new CniOptions();

    @Parameters(index = "0", paramLabel = "NETWORK", description = "Name of the network.")
    String network = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "NETNS",
            description = "Ignored, as the reference's cnitool does.")
    Optional<String> netns = Optional.empty();

    @Option(
            names = "--valid",
            paramLabel = "NETNS|ID[:IFNAME]",
            description = "An attachment that stays; may be repeated.")
    List<String> valid = List.of();

    @Option(
            names = "--existing",
            description = "Every remembered attachment whose namespace is still there stays.")
    boolean existing;

    @Override
    public Integer call() throws Exception {
        Cancellation.whenTold(() -> CniGcCommand.collect(where, network, valid, existing));
        return 0;
    }
}
