package dev.kakehashi.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** Starts each node's agent inside the node and knows when it is ready. */
final class LabAgents {
    static final String NETWORK = "pods";

    private static final Duration READY = Duration.ofSeconds(60);
    private static final Path CNI_CONFIGURATION = Path.of("/etc/cni/net.d");

    private final LabDirectory directory;
    private final Installation installation;
    private final List<String> store;
    private final Patience patience = Patience.ofEnvironment();

    LabAgents(LabDirectory directory, Installation installation) {
        this(directory, installation, List.of("--store", directory.store().toString()));
    }

    /**
     * With another store than the lab's directory.
     *
     * @param store options that name it, and what else these agents are told
     */
    LabAgents(LabDirectory directory, Installation installation, List<String> store) {
        this.directory = directory;
        this.installation = installation;
        this.store = List.copyOf(store);
    }

    /** Starts a node's agent. Its words go to {@link LabDirectory#agentLog}. */
    Process start(LabNode node, NodeSandbox sandbox) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(
                        installation.agent().toString(),
                        "--node",
                        node.name(),
                        "--network",
                        NETWORK,
                        "--underlay",
                        LabWiring.NODE_INTERFACE,
                        "--cni-conf-dir",
                        CNI_CONFIGURATION.toString());
        builder.command().addAll(store);
        builder.command(LabPrograms.ofItsOwn(builder.command()));
        LabProcesses.enter(builder.environment(), directory.lab());
        builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        builder.redirectErrorStream(true);
        builder.redirectOutput(
                ProcessBuilder.Redirect.appendTo(directory.agentLog(node.name()).toFile()));
        return sandbox.call(builder::start);
    }

    /**
     * Waits until the agent has written its CNI configuration, which it does last.
     *
     * @throws IOException with the end of its log when it ends or takes longer than a minute
     *     ({@link Patience})
     */
    void awaitReady(LabNode node, Process agent) throws IOException {
        Duration limit = patience.with(READY);
        long deadline = System.nanoTime() + limit.toNanos();
        while (configurations(node).isEmpty()) {
            if (!agent.isAlive()) {
                throw failed(node, "ended with status " + agent.exitValue());
            }
            if (System.nanoTime() > deadline) {
                throw failed(
                        node,
                        "is not ready after "
                                + limit.toSeconds()
                                + " s (on a slow machine set "
                                + Patience.VARIABLE
                                + ")");
            }
            Pause.shortly();
        }
    }

    private IOException failed(LabNode node, String what) {
        Path log = directory.agentLog(node.name());
        return new IOException(
                "the agent of "
                        + node.name()
                        + " "
                        + what
                        + "; the end of "
                        + log
                        + ":\n"
                        + LabProcesses.tail(log, 10));
    }

    /** The CNI configurations of a node, as files on the machine. */
    List<Path> configurations(LabNode node) throws IOException {
        try (Stream<Path> files = Files.list(directory.inPlaceOf(node.name(), CNI_CONFIGURATION))) {
            return files.filter(f -> f.toString().endsWith(".conflist")).sorted().toList();
        }
    }
}
