package dev.kakehashi.agent;

import dev.kakehashi.agent.attach.AttachClient;
import dev.kakehashi.agent.attach.AttachService;
import dev.kakehashi.agent.node.NodeAgent;
import dev.kakehashi.agent.pods.PodMtuTurn;
import dev.kakehashi.agent.status.AgentStatus;
import dev.kakehashi.agent.status.CallTimes;
import dev.kakehashi.agent.status.HttpEndpoints;
import dev.kakehashi.agent.status.StatusJson;
import dev.kakehashi.agent.status.Version;
import dev.kakehashi.cluster.ipam.Ledgers;
import dev.kakehashi.linux.OrderedEnd;
import dev.kakehashi.plugins.builtin.ReferencePlugins;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The resident agent, from its start to its end. */
final class Agent {
    private static final Logger LOG = System.getLogger(Agent.class.getName());

    private static final Duration REHEARSAL_DELAY = Duration.ofMillis(500);
    private static final Duration RECOVERY_INTERVAL = Duration.ofSeconds(10);

    private final AgentOptions options;
    private final ReferencePlugins builtin;
    private final CountDownLatch end = new CountDownLatch(1);
    private final Instant started = Instant.now();
    private final CallTimes times = new CallTimes();
    private final ProcessorShare share = new ProcessorShare(Path.of("/proc/self"));
    private final PodMtuTurn podMtus = new PodMtuTurn();
    private volatile Optional<NodeAgent> node = Optional.empty();

    Agent(AgentOptions options, ReferencePlugins builtin) {
        this.options = options;
        this.builtin = builtin;
    }

    /** Serves until it is told to end, or, started on demand, until nobody needs it. */
    int run() throws IOException, InterruptedException {
        makeSocketDirectory();
        Optional<AgentLock> place = new AgentPlace(options.socket(), onDemand()).take();
        if (place.isEmpty() && onDemand() && AttachClient.isServed(options.socket())) {
            LOG.log(Level.INFO, "another agent serves {0} already", options.socket());
            return 0;
        }
        if (place.isEmpty()) {
            LOG.log(Level.ERROR, "another agent serves {0} and stays", options.socket());
            return 1;
        }
        if (options.nice() != 0) {
            share.ask(options.nice());
        }
        if (options.realtime() != 0) {
            share.hurryCollector(options.realtime());
        }
        try {
            serve();
            return 0;
        } finally {
            place.get().close();
        }
    }

    /** On each thread that serves calls. */
    private void hurry() {
        if (options.realtime() != 0) {
            share.hurry(options.realtime());
        }
    }

    private boolean onDemand() {
        return options.mode() == AgentOptions.Mode.ON_DEMAND;
    }

    private void makeSocketDirectory() throws IOException {
        Path directory = options.socket().getParent();
        if (directory != null && !Files.isDirectory(directory)) {
            Path parent = directory.getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            Files.createDirectories(
                    directory,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
        }
    }

    private void serve() throws IOException, InterruptedException {
        Ledgers ledgers = Ledgers.in(options.stateDirectory());
        AttachService service =
                AttachService.start(
                        options.socket(),
                        options.stateDirectory(),
                        AgentPlugins.of(builtin, ledgers),
                        this::hurry,
                        this::mayLeave,
                        times,
                        this::answer);
        try {
            node = startNode(ledgers);
        } catch (IOException e) {
            service.close();
            throw e;
        }
        Optional<HttpEndpoints> http =
                options.http().isEmpty()
                        ? Optional.empty()
                        : Optional.of(HttpEndpoints.start(options.http(), this::status));
        try (OrderedEnd _ = OrderedEnd.by(() -> terminate(service))) {
            LOG.log(
                    Level.INFO,
                    "serves {0}, process {1}",
                    options.socket(),
                    Long.toString(ProcessHandle.current().pid()));
            keepLeases();
            if (!onDemand()) { // who started one on demand is asking already
                service.keepAttachments(podMtus);
                rehearseSoon(service);
            }
            String why = waitForTheEnd(service, http);
            LOG.log(Level.INFO, "leaves: {0}", why);
            http.ifPresent(HttpEndpoints::close);
            node.ifPresent(NodeAgent::close);
            service.close();
        }
    }

    private void keepLeases() {
        try {
            builtin.keepLeases();
        } catch (IOException e) {
            LOG.log(Level.ERROR, "cannot read the DHCP leases of the agent before", e);
        }
    }

    private Optional<NodeAgent> startNode(Ledgers ledgers) throws IOException {
        return options.node().isPresent()
                ? Optional.of(NodeAgent.start(options.node().get(), ledgers, podMtus))
                : Optional.empty();
    }

    /** Not at once: a machine that starts has better things to do. */
    private static void rehearseSoon(AttachService service) {
        Thread rehearsal =
                new Thread(
                        () -> {
                            try {
                                Thread.sleep(REHEARSAL_DELAY);
                                service.rehearse();
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        },
                        "rehearsal");
        rehearsal.setDaemon(true);
        rehearsal.start();
    }

    /** As any other end; whether it was in order. */
    private boolean terminate(AttachService service) {
        LOG.log(Level.INFO, "leaves: told to end");
        node.ifPresent(NodeAgent::close);
        try {
            service.close();
            return true;
        } catch (IOException e) {
            LOG.log(Level.WARNING, "cannot end cleanly", e);
            return false;
        }
    }

    private AgentStatus status() {
        return AgentStatus.of(
                Version.ofProgram(),
                started,
                options.socket().toString(),
                times,
                node.map(NodeAgent::status));
    }

    private Optional<String> answer(String question) throws IOException {
        return switch (question) {
            case "status" -> Optional.of(StatusJson.of(status()).toString());
            case "routes" -> {
                NodeAgent keeper =
                        node.orElseThrow(() ->
                                new IOException(
                                        "this agent keeps no node: start it with --node and"
                                                + " --store"));
                yield Optional.of(StatusJson.of(keeper.routes()).toString());
            }
            default -> Optional.empty();
        };
    }

    private boolean mayLeave() {
        if (onDemand()) {
            end.countDown();
        }
        return onDemand();
    }

    private String waitForTheEnd(AttachService service, Optional<HttpEndpoints> http)
            throws InterruptedException {
        long nextRecovery = System.nanoTime() + RECOVERY_INTERVAL.toNanos();
        HeapTrim trim = new HeapTrim();
        while (true) {
            long wait = RECOVERY_INTERVAL.toNanos();
            boolean needed = !onDemand() || builtin.keepsLeases();
            if (!needed) {
                wait = Math.min(wait, options.idle().minus(service.idle()).toNanos());
            }
            if (end.await(Math.max(wait, 1_000_000), TimeUnit.NANOSECONDS)) {
                return "another agent takes over";
            }
            if (!needed && service.idle().compareTo(options.idle()) >= 0) {
                return "nothing was asked for " + options.idle().toSeconds() + " s";
            }
            trim.run(service.idle());
            if (System.nanoTime() - nextRecovery >= 0) {
                service.recover();
                http.ifPresent(HttpEndpoints::retry);
                nextRecovery = System.nanoTime() + RECOVERY_INTERVAL.toNanos();
            }
        }
    }
}
