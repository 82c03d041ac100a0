package dev.kakehashi.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import java.util.Optional;
import java.util.concurrent.Callable;

/** {@code kakehashi cni status}. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = "Asks every plugin of a network whether it could attach; silent if it could.")
final class CniStatusCommand implements Callable<Integer> {
    @Mixin CniOptions where = new CniOptions();

    @Parameters(index = "0", paramLabel = "NETWORK", description = "Name of the network.")
    String network = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "NETNS",
            description = "Ignored: what cnitool asks for here.")
    Optional<String> netns = Optional.empty();

    @Override
    public Integer call() throws Exception {
        Cancellation.whenTold(() -> where.runtime().status(where.network(network)));
        return 0;
    }
}
