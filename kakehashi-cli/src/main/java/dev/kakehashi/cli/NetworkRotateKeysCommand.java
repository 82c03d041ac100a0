package dev.kakehashi.cli;

import dev.kakehashi.cluster.KeyRotation;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.flannel.FlannelNodes;
import dev.kakehashi.cluster.migration.RotationAdmission;
import dev.kakehashi.cluster.store.ConflictException;
import dev.kakehashi.cluster.store.Store;
import dev.kakehashi.cluster.store.StoreException;
import dev.kakehashi.cluster.store.Stored;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code kakehashi network rotate-keys}. */
@Command(
        name = "rotate-keys",
        mixinStandardHelpOptions = true,
        description = {
            "Gives nodes new WireGuard keys under running pods, and shows how far they are: every",
            "node makes a second device beside the first, each pair turns to it when it is found to",
            "work, and the first goes with its key when nobody sends by it.",
            "Exit status 0 when every node has the new device and no other; 1 when not in time (the",
            "nodes go on by themselves), or when refused."
        })
final class NetworkRotateKeysCommand implements Callable<Integer> {
    private static final int ATTEMPTS = 20;

    @Parameters(paramLabel = "NAME", description = "Name of the Network.")
    String name = "";

    @Option(
            names = "--node",
            paramLabel = "NODE",
            description =
                    "Only this node makes a new key (may be given several times); the others take"
                            + " part with the one they have.")
    List<String> nodes = new ArrayList<>();

    @Option(
            names = {"--undo", "--rollback"},
            description =
                    "Back to the device of before, while not all nodes have left it: those that"
                            + " still have its key keep it.")
    boolean undo;

    @Option(names = "--no-wait", description = "Asks for it and does not look on.")
    boolean noWait;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "2m",
            converter = NetworkMigrateCommand.Timeout.class,
            description =
                    "How long to look on, as in 30s, 2m or 1h (default: ${DEFAULT-VALUE}). It has"
                            + " no effect on the nodes.")
    Duration timeout = Duration.ZERO;

    @Mixin StoreOption store = new StoreOption();

    @Override
    public Integer call() throws Exception {
        try (Store opened = store.open()) {
            Network changed = change(opened);
            if (noWait) {
                return CommandLine.ExitCode.OK;
            }
            return new MigrationWait(opened, changed, true, new TerminalProgress(System.err))
                            .await(timeout)
                    ? CommandLine.ExitCode.OK
                    : CommandLine.ExitCode.SOFTWARE;
        }
    }

    /** What was judged is what is written: when somebody else was faster, both are done anew. */
    private Network change(Store opened) throws IOException {
        for (int attempt = 1; ; attempt++) {
            Stored<Network> found = NetworkNames.find(opened, name);
            List<Node> known = NetworkNames.nodes(opened);
            Instant time = Instant.now();
            Network now = FlannelNodes.at(found.object(), known, time);
            List<String> problems = RotationAdmission.problems(now, nodes, undo, known);
            if (!problems.isEmpty()) {
                throw new IOException(
                        "network "
                                + name
                                + " keeps its keys, nothing is changed: "
                                + String.join("; ", problems));
            }
            try {
                Network next = KeyRotation.next(now, nodes, time);
                Stored<Network> stored = opened.replace(Kind.NETWORK, next, found.version());
                System.err.println(
                        "network "
                                + name
                                + ": WireGuard device "
                                + KeyRotation.of(now).device().number()
                                + " -> "
                                + KeyRotation.of(next).device().number());
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
}
