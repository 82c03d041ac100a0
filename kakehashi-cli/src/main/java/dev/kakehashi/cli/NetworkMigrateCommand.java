package dev.kakehashi.cli;

import dev.kakehashi.cluster.CarrierName;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.carrier.Way;
import dev.kakehashi.cluster.migration.CarriersAnnotation;
import dev.kakehashi.cluster.migration.MigrationAdmission;
import dev.kakehashi.cluster.store.ConflictException;
import dev.kakehashi.cluster.store.Store;
import dev.kakehashi.cluster.store.StoreException;
import dev.kakehashi.cluster.store.Stored;

import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.time.Duration;
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

    private static final int ATTEMPTS = 20;

    @Parameters(paramLabel = "NAME", description = "Name of the Network.")
    String name = "";

    @ArgGroup(multiplicity = "1")
    Target target = new Target();

    @Option(names = "--no-wait", description = "Changes the Network and does not look on.")
    boolean noWait;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "2m",
            converter = Timeout.class,
            description =
                    "How long to look on, as in 30s, 2m or 1h (default: ${DEFAULT-VALUE}). It has"
                            + " no effect on the nodes.")
    Duration timeout = Duration.ZERO;

    @Mixin StoreOption store = new StoreOption();

    /** Reads a time with its unit. */
    static final class Timeout implements CommandLine.ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            if (!text.matches("[0-9]{1,6}[smh]")) {
                throw new CommandLine.TypeConversionException(
                        "'" + text + "' is not a time such as 30s, 2m or 1h");
            }
            return Duration.parse("PT" + text);
        }
    }

    @Override
    public Integer call() throws Exception {
        Optional<CarrierName> wanted = target.to.map(this::carrier);
        try (Store opened = store.open()) {
            Network changed = change(opened, wanted);
            if (noWait) {
                return CommandLine.ExitCode.OK;
            }
            return new MigrationWait(opened, changed, false, new TerminalProgress(System.err))
                            .await(timeout)
                    ? CommandLine.ExitCode.OK
                    : CommandLine.ExitCode.SOFTWARE;
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

    /** What was judged is what is written: when somebody else was faster, both are done anew. */
    private Network change(Store opened, Optional<CarrierName> wanted) throws IOException {
        for (int attempt = 1; ; attempt++) {
            Stored<Network> found = NetworkNames.find(opened, name);
            Network network = found.object();
            List<Node> nodes = NetworkNames.nodes(opened);
            CarrierName carrier = wanted.isPresent() ? wanted.get() : former(network, nodes);
            if (carrier == network.spec().carrier()) {
                System.err.println("network " + name + " has carrier " + carrier + " already");
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
            try {
                Network changed = MigrationAdmission.changed(network, carrier);
                Stored<Network> stored = opened.replace(Kind.NETWORK, changed, found.version());
                System.err.println(
                        "network "
                                + name
                                + ": carrier "
                                + network.spec().carrier()
                                + " -> "
                                + carrier);
                return stored.object();
            } catch (ConflictException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            } catch (StoreException e) {
                throw new IOException("network " + name + " is not changed: " + e.getMessage(), e);
            }
        }
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
