package dev.kakehashi.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.config.NetworkConfigList;
import dev.kakehashi.cni.exec.ExecOutcome;
import dev.kakehashi.cni.exec.PluginExec;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.cni.runtime.CniRuntime;
import dev.kakehashi.cni.runtime.RuntimeConf;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.Dnsmasq;
import dev.kakehashi.testing.TestNamespaces;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * A network on a host of its own, driven by the runtime library through the front binaries, and an
 * agent that dies in the midst of a plugin's call.
 */
final class CrashBed implements AutoCloseable {
    private static final Map<String, String> NO_OTHER_AGENT = Map.of("KAKEHASHI_HOME", "/nowhere");

    private final AgentBed bed;
    private final Path directory;
    private final CrashedNetwork crashed;
    private final NetworkConfigList network;
    private final CniRuntime runtime;
    private final Netns container;
    private final RuntimeConf attachment;
    private @Nullable Dnsmasq server;
    private Set<String> before = Set.of();

    /** What happens around one call of a plugin; once. */
    private @Nullable Interruption interruption;

    private boolean killed;

    /**
     * What is done to one call.
     *
     * @param forGood the front binary dies with the agent, and nobody starts another one meanwhile
     */
    record Interruption(String plugin, String command, Watch watch, boolean forGood) {}

    @FunctionalInterface
    interface Watch {
        CrashPoint.Tracer start(Process agent) throws IOException;
    }

    private CrashBed(
            AgentBed bed,
            Path directory,
            CrashedNetwork crashed,
            Netns container,
            RuntimeConf attachment)
            throws CniException {
        this.bed = bed;
        this.directory = directory;
        this.crashed = crashed;
        this.container = container;
        this.attachment = attachment;
        this.network = FrontBinaries.network(crashed.list(directory.resolve("data").toString()));
        this.runtime =
                FrontBinaries.runtime(
                        bed, new InterruptedBinaries(), directory.resolve("data/cache"));
    }

    static CrashBed make(CrashedNetwork crashed, TestNamespaces namespaces, Path directory)
            throws Exception {
        Files.createDirectories(directory.resolve("data"));
        AgentBed bed = AgentBed.make(namespaces, directory);
        Netns outside = namespaces.create();
        TestNamespaces.run(outside, "ip", "link", "set", "lo", "up");
        wire(bed.host(), "up0", outside, "out0");
        TestNamespaces.run(bed.host(), "ip", "address", "add", "192.0.2.1/24", "dev", "up0");
        TestNamespaces.run(outside, "ip", "address", "add", "192.0.2.2/24", "dev", "out0");
        wire(bed.host(), "nic0", outside, "nic1");
        Netns container = namespaces.create();
        CrashBed made =
                new CrashBed(
                        bed,
                        directory,
                        crashed,
                        container,
                        attachment(crashed, "c1", bed.ownRun().pin(container, "c1")));
        if (crashed.name().equals("dhcp")) {
            made.server =
                    Dnsmasq.start(
                            outside,
                            directory,
                            "--interface=out0",
                            "--bind-interfaces",
                            "--dhcp-range=192.0.2.50,192.0.2.250,255.255.255.0,1h");
        }
        return made;
    }

    private static void wire(Netns here, String name, Netns there, String other)
            throws IOException {
        TestNamespaces.run(here, "ip", "link", "add", name, "type", "veth", "peer", other);
        String target = "/proc/" + ProcessHandle.current().pid() + "/fd/" + there.fd().number();
        TestNamespaces.run(here, "ip", "link", "set", other, "netns", target);
        TestNamespaces.run(here, "ip", "link", "set", name, "up");
        TestNamespaces.run(there, "ip", "link", "set", other, "up");
    }

    private static RuntimeConf attachment(CrashedNetwork crashed, String id, String netns)
            throws Exception {
        return RuntimeConf.of(id, netns, "eth0")
                .withCapabilityArgs(
                        JsonParser.parseObject(crashed.capabilities().replace('\'', '"')));
    }

    AgentBed agents() {
        return bed;
    }

    /** Front binaries; what is to happen happens around one of their calls. */
    private final class InterruptedBinaries implements PluginExec {
        private final FrontBinaries binaries = new FrontBinaries(bed);

        @Override
        public String find(String type, List<String> folders) throws CniException {
            return binaries.find(type, folders);
        }

        @Override
        public ExecOutcome run(String binary, Map<String, String> environment, byte[] stdin)
                throws CniException {
            String plugin = Path.of(binary).getFileName().toString();
            Interruption now = interruption;
            if (now == null
                    || !now.plugin.equals(plugin)
                    || !now.command.equals(environment.get("CNI_COMMAND"))) {
                return binaries.run(binary, environment, stdin);
            }
            interruption = null;
            try {
                Process agent = bed.agents().last();
                CrashPoint.Tracer tracer = now.watch.start(agent);
                ExecOutcome outcome =
                        now.forGood
                                ? callWith(agent, plugin, environment, stdin)
                                : binaries.run(binary, environment, stdin);
                killed = tracer.endedWithDeathOf(agent);
                return outcome;
            } catch (CniException e) {
                throw e;
            } catch (Exception e) {
                throw new CniException(CniException.INTERNAL, String.valueOf(e.getMessage()), e);
            }
        }

        private ExecOutcome callWith(
                Process agent, String plugin, Map<String, String> environment, byte[] stdin)
                throws Exception {
            Map<String, String> variables = new HashMap<>(environment);
            variables.putAll(NO_OTHER_AGENT);
            Process front = bed.begin(plugin, variables, stdin);
            // By its handle: what it said is still read.
            ProcessHandle handle = front.toHandle();
            var _ = agent.onExit().thenRun(handle::destroyForcibly);
            return FrontBinaries.outcome(front);
        }
    }

    /** All that may be left of an attachment, on the host and in the container. */
    private Set<String> traces() throws IOException {
        Set<String> traces = new TreeSet<>();
        for (String trace : Traces.of(bed.host())) {
            traces.add("host: " + trace);
        }
        for (String trace : Traces.of(container)) {
            traces.add("container: " + trace);
        }
        traces.addAll(Traces.files(directory.resolve("data")));
        traces.addAll(Traces.files(bed.ownRun().directory()));
        for (Path slot : bed.leftovers().unfinished()) {
            traces.add("journal " + slot.getFileName());
        }
        return traces;
    }

    /** Attaches and detaches once, so that what all attachments share is there. */
    void prepare() throws Exception {
        bed.startAgent("--on-demand");
        runtime.add(network, attachment);
        check();
        awaitAddresses();
        runtime.del(network, attachment);
        bed.awaitReaper();
        before = traces();
        bed.agents().kill();
    }

    /**
     * The reference's bridge leaves its IPv6 addresses to duplicate address detection, which goes
     * on while something is attached; their routes come at its end, and stay.
     */
    private void awaitAddresses() throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!TestNamespaces.run(bed.host(), "ip", "-6", "-o", "address", "show", "tentative")
                .isBlank()) {
            assertThat(System.nanoTime()).as("detection of duplicates").isLessThan(deadline);
            Thread.sleep(20);
        }
    }

    /** Behind {@code sbr} the routes are not where CHECK of the plugin that made them looks. */
    private void check() throws CniException {
        if (network.plugins().stream().noneMatch(plugin -> plugin.type().equals("sbr"))) {
            runtime.check(network, attachment);
        }
    }

    /** The crash points of a plugin's call. */
    List<CrashPoint> points(String plugin, String command) throws Exception {
        Path file = directory.resolve("points");
        bed.startAgent("--on-demand");
        Interruption look =
                new Interruption(plugin, command, agent -> CrashPoint.record(agent, file), false);
        interruption = command.equals("ADD") ? look : null;
        runtime.add(network, attachment);
        interruption = command.equals("DEL") ? look : null;
        runtime.del(network, attachment);
        bed.agents().kill();
        List<CrashPoint> points = CrashPoint.in(file);
        assertThat(points).as("changes by %s of %s", command, plugin).isNotEmpty();
        return points;
    }

    /** ADD is repeated by its front binary with an agent that it starts itself. */
    boolean addGoesOn(String plugin, CrashPoint point) throws Exception {
        arm(plugin, "ADD", point, false);
        runtime.add(network, attachment);
        check();
        runtime.del(network, attachment);
        return nothingIsLeft();
    }

    /** ADD fails, and the runtime deletes what there may be. */
    boolean addIsDeleted(String plugin, CrashPoint point) throws Exception {
        arm(plugin, "ADD", point, true);
        failing(() -> runtime.add(network, attachment));
        bed.startAgent("--on-demand");
        runtime.del(network, attachment);
        return nothingIsLeft();
    }

    /** ADD fails, the container ends, and the runtime has what is left collected. */
    boolean addIsCollected(String plugin, CrashPoint point, TestNamespaces namespaces)
            throws Exception {
        return collected("ADD", plugin, point, namespaces);
    }

    /** DEL is repeated by its front binary. */
    boolean delGoesOn(String plugin, CrashPoint point) throws Exception {
        arm(plugin, "DEL", point, false);
        runtime.add(network, attachment);
        runtime.del(network, attachment);
        // One that died behind its answer is followed by another with the next call, whichever.
        runtime.status(network);
        return nothingIsLeft();
    }

    /** DEL fails and is called again. */
    boolean delIsRepeated(String plugin, CrashPoint point) throws Exception {
        arm(plugin, "DEL", point, true);
        runtime.add(network, attachment);
        failing(() -> runtime.del(network, attachment));
        bed.startAgent("--on-demand");
        runtime.del(network, attachment);
        return nothingIsLeft();
    }

    /** DEL fails, the container ends, and the runtime has what is left collected. */
    boolean delIsCollected(String plugin, CrashPoint point, TestNamespaces namespaces)
            throws Exception {
        return collected("DEL", plugin, point, namespaces);
    }

    private boolean collected(
            String command, String plugin, CrashPoint point, TestNamespaces namespaces)
            throws Exception {
        Netns mortal = namespaces.create();
        String path = bed.ownRun().pin(mortal, "mortal");
        RuntimeConf there = attachment(crashed, "mortal", path);
        arm(plugin, command, point, true);
        failing(() -> {
            runtime.add(network, there);
            if (command.equals("DEL")) {
                runtime.del(network, there);
            }
        });
        bed.ownRun().unpin(path);
        mortal.close();
        bed.startAgent("--on-demand");
        runtime.gc(network, List.of());
        return nothingIsLeft();
    }

    private void arm(String plugin, String command, CrashPoint point, boolean forGood)
            throws Exception {
        bed.startAgent("--on-demand");
        killed = false;
        interruption = new Interruption(plugin, command, point::await, forGood);
    }

    @FunctionalInterface
    private interface Work {
        void run() throws CniException;
    }

    /** Fails, or does not when only the end was lost. */
    private static void failing(Work work) {
        try {
            work.run();
        } catch (CniException e) {
            // What else would it do.
            return;
        }
    }

    /** Whether the agent had been killed; fails if anything is left. */
    private boolean nothingIsLeft() throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        List<String> differences = Traces.difference(before, traces());
        while (!differences.isEmpty() && System.nanoTime() < deadline) {
            Thread.sleep(20);
            differences = Traces.difference(before, traces());
        }
        assertThat(differences).isEmpty();
        bed.agents().kill();
        return killed;
    }

    @Override
    public void close() {
        bed.close();
        if (server != null) {
            server.close();
        }
    }
}
