package dev.kakehashi.cli;

import dev.kakehashi.cluster.CarrierName;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.carrier.Way;
import dev.kakehashi.cluster.migration.CarriersAnnotation;
import dev.kakehashi.cluster.migration.MigrationAdmission;
import dev.kakehashi.cluster.store.Store;

import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/** {@code kakehashi network migrate}. */
@Command(
        name = "migrate",
        mixinStandardHelpOptions = true,
        description = {
            "Changes the carrier of a network under running pods, and shows how far the nodes are:",
            "who can receive by it, who sends by it to whom, who has taken the former one down.",
            "Refused, with nothing changed, where a node says that it cannot have that carrier.",
            "Exit status 0 when every node has it and no other; 1 when not in time (the nodes go on",
            "by themselves), or when refused."
        })
final class NetworkMigrateCommand implements Callable<Integer> {
    /** What completion offers and help names. */
    static final class Names implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Arrays.stream(CarrierName.values()).map(CarrierName::toString).iterator();
        }
    }

    /** One of two. */
    static final class Target {
        @Option(
                names = "--to",
                paramLabel = "CARRIER",
                completionCandidates = Names.class,
                description = "One of ${COMPLETION-CANDIDATES}.")
        Optional<String> to = Optional.empty();

        @Option(
                names = {"--undo", "--rollback"},
                description =
                        "Back to the carrier that the network had before, also midway: the same"
                                + " happens in the other direction.")
        boolean undo;
    }

    @Parameters(paramLabel = "NAME", description = "Name of the Network.")
    String name = "";

    @ArgGroup(multiplicity = "1")
    Target target = new Target();

    @Mixin LookOnOption look = new LookOnOption();

    @Mixin StoreOption store = new StoreOption();

    @Override
    public Integer call() throws Exception {
        Optional<CarrierName> wanted = target.to.map(this::carrier);
        try (Store opened = store.open()) {
            NetworkEdit edit = (network, nodes) -> changed(network, nodes, wanted);
            NetworkEdit.Done done = edit.in(opened, name);
            CarrierName before = done.before().spec().carrier();
            CarrierName after = done.after().spec().carrier();
            System.err.println(
                    before == after
                            ? "network " + name + " has carrier " + after + " already"
                            : "network " + name + ": carrier " + before + " -> " + after);
            return look.at(opened, done.after(), false);
        }
    }

    private CarrierName carrier(String text) {
        return CarrierName.of(text)
                .orElseThrow(() ->
                        wrong(
                                "there is no carrier '"
                                        + text
                                        + "': it is one of "
                                        + Arrays.stream(CarrierName.values())
                                                .map(CarrierName::toString)
                                                .collect(Collectors.joining(", "))));
    }

    private CommandLine.ParameterException wrong(String message) {
        return new CommandLine.ParameterException(store.spec.commandLine(), message);
    }

    private Network changed(Network network, List<Node> nodes, Optional<CarrierName> wanted)
            throws IOException {
        CarrierName carrier = wanted.isPresent() ? wanted.get() : former(network, nodes);
        if (carrier == network.spec().carrier()) {
            return network;
        }
        List<String> problems = MigrationAdmission.problems(network, carrier, nodes);
        if (!problems.isEmpty()) {
            throw new IOException(
                    "network "
                            + name
                            + " stays with "
                            + network.spec().carrier()
                            + ", nothing is changed: "
                            + String.join("; ", problems));
        }
        return MigrationAdmission.changed(network, carrier);
    }

    /** What the network has written down, else what its nodes still have. */
    private CarrierName former(Network network, List<Node> nodes) throws IOException {
        Optional<CarrierName> written =
                CarrierName.of(
                        network.metadata().annotations().getOrDefault(Network.FORMER_CARRIER, ""));
        if (written.isPresent()) {
            return written.get();
        }
        Set<CarrierName> others = EnumSet.noneOf(CarrierName.class);
        for (Node node : nodes) {
            CarriersAnnotation.read(node, Way.wanted(network))
                    .ifPresent(said -> said.carriers().forEach(way -> others.add(way.carrier())));
        }
        others.remove(network.spec().carrier());
        if (others.size() != 1) {
            throw new IOException(
                    "nothing says which carrier network "
                            + name
                            + " had before "
                            + network.spec().carrier()
                            + ": name it with --to");
        }
        return others.iterator().next();
    }
}
