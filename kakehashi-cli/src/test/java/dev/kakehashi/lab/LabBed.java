package dev.kakehashi.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A lab of a test, with the eyes and hands that a test needs in it. */
final class LabBed {
    private static final Path DIST =
            Path.of(System.getProperty("kakehashi.dist", "../dist")).toAbsolutePath().normalize();

    private final LabSpec spec;
    private final LabTopology topology;
    private final LabFiles files;

    LabBed(LabSpec spec) {
        this.spec = spec;
        this.topology = new LabTopology(spec);
        this.files = new LabFiles(new LabDirectory(spec.name()));
    }

    static Installation installation() {
        Installation installation = new Installation(DIST);
        assumeTrue(
                Files.exists(installation.agent()) && Files.exists(installation.plugins()),
                "a lab needs the programs in " + DIST + ": make build");
        return installation;
    }

    /** Brings the lab up; what an earlier run of the test left is removed before. */
    Lab up() throws IOException {
        return up(Progress.SILENT);
    }

    /** The same, with somebody who is told of each step. */
    Lab up(Progress progress) throws IOException {
        Installation installation = installation();
        Lab.down(spec.name(), Progress.SILENT);
        return Lab.up(spec, installation, progress);
    }

    void down() throws IOException {
        Lab.down(spec.name(), Progress.SILENT);
    }

    LabDirectory directory() {
        return files.directory();
    }

    LabNode node(String name) {
        return topology.node(name).orElseThrow();
    }

    LabPod pod(String name) throws IOException {
        return files.pods().stream().filter(p -> p.name().equals(name)).findFirst().orElseThrow();
    }

    /** Runs a shell script in a node, and returns what it printed; it must succeed. */
    String inNode(String node, String script) throws IOException {
        return succeeded(script, start(node, List.of("sh", "-ec", script)));
    }

    /** The same in a pod. */
    String inPod(String pod, String script) throws IOException {
        LabPod place = pod(pod);
        return succeeded(
                script,
                start(
                        place.node(),
                        List.of("nsenter", "--net=" + place.netns(), "sh", "-ec", script)));
    }

    private Process start(String node, List<String> command) throws IOException {
        try (NodeSandboxes sandboxes = new NodeSandboxes(directory())) {
            return sandboxes
                    .of(node(node))
                    .call(() -> new ProcessBuilder(command).redirectErrorStream(true).start());
        }
    }

    private static String succeeded(String script, Process process) throws IOException {
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            assertThat(process.waitFor()).as("status of: %s\n%s", script, output).isZero();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
        return output;
    }

    /** The agent's process of a node. */
    ProcessHandle agent(String node) throws IOException {
        return LabProcesses.find(spec.name(), node).orElseThrow();
    }

    /** Kills the agent of a node as a crash does. */
    void killAgent(String node) throws Exception {
        ProcessHandle agent = agent(node);
        agent.destroyForcibly();
        await(
                "the end of the agent",
                Duration.ofSeconds(5),
                () -> LabProcesses.find(spec.name(), node).isEmpty());
    }

    void startAgent(String node) throws IOException {
        startAgent(node, List.of());
    }

    /** The same, with more options. */
    void startAgent(String node, List<String> more) throws IOException {
        List<String> options = new ArrayList<>(List.of("--store", directory().store().toString()));
        options.addAll(more);
        try (NodeSandboxes sandboxes = new NodeSandboxes(directory())) {
            new LabAgents(directory(), installation(), options)
                    .start(node(node), sandboxes.of(node(node)));
        }
    }

    /** What a node's agent has logged after its first {@code lines} lines. */
    List<String> log(String node, int lines) throws IOException {
        List<String> all = Files.readAllLines(directory().agentLog(node));
        return all.subList(Math.min(lines, all.size()), all.size());
    }

    /** What of the lab is on the machine: pins, files, mounts, processes. */
    List<String> traces() throws IOException {
        List<String> traces = new ArrayList<>();
        for (String netns : topology.namespaces()) {
            if (Files.exists(LabDirectory.netns(netns))) {
                traces.add("namespace " + netns);
            }
        }
        if (Files.exists(directory().path())) {
            traces.add("folder " + directory().path());
        }
        for (String mount : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
            if (mount.contains(directory().path() + "/")
                    || mount.contains(directory().path() + " ")) {
                traces.add("mount " + mount);
            }
        }
        LabProcesses.of(spec.name())
                .forEach(process ->
                        process.info().command().ifPresent(c -> traces.add("process " + c)));
        return traces;
    }

    /** Something that comes true by itself. */
    @FunctionalInterface
    interface Check {
        boolean holds() throws Exception;
    }

    /** Waits for a check; how long that took. */
    static Duration await(String what, Duration limit, Check check) throws Exception {
        long start = System.nanoTime();
        while (!check.holds()) {
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .as("waiting for " + what)
                    .isLessThan(limit);
            TimeUnit.MILLISECONDS.sleep(10);
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
