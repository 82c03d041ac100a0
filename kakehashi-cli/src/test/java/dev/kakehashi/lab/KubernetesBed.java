package dev.kakehashi.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A Kubernetes of a test, with the eyes and hands that a test needs in it. */
final class KubernetesBed {
    static final Duration SOON = Duration.ofSeconds(30);

    private final LabSpec spec;
    private final KubernetesLab lab;
    private final LabBed nodes;

    KubernetesBed(LabSpec spec) {
        String peers = System.getProperty("kakehashi.peers", "");
        KubernetesPrograms programs = new KubernetesPrograms(Path.of(peers));
        List<Path> missing = programs.missing();
        assumeTrue(missing.isEmpty(), "missing: " + missing + ": scripts/peers/setup.sh");
        this.spec = spec;
        this.lab = KubernetesLab.of(spec, programs);
        this.nodes = new LabBed(spec);
    }

    /** Brings the bare cluster up; what an earlier run of the test left is removed before. */
    void up(List<Path> images) throws IOException {
        Lab.down(spec.name(), Progress.SILENT);
        lab.up(images, Progress.SILENT);
    }

    void down() throws IOException {
        Lab.down(spec.name(), Progress.SILENT);
    }

    LabBed nodes() {
        return nodes;
    }

    List<LabNode> all() {
        return lab.topology().nodes();
    }

    LabDirectory directory() {
        return lab.directory();
    }

    ControlPlane control() {
        return lab.control();
    }

    /** Runs kubectl as the administrator; it must succeed. */
    String kubectl(String... command) throws IOException {
        LabPrograms.Said said = lab.control().kubectl(List.of(command));
        assertThat(said.status())
                .as("kubectl %s: %s", Arrays.toString(command), said.output())
                .isZero();
        return said.output().strip();
    }

    /** Applies objects. */
    void apply(String yaml) throws IOException {
        Path file = Files.createTempFile(directory().path(), "apply", ".yaml");
        Files.writeString(file, yaml);
        kubectl("apply", "-f", file.toString());
    }

    /** Waits until something holds for an object. */
    void await(String what, String... object) throws IOException {
        List<String> command =
                new ArrayList<>(List.of("wait", "--for=" + what, "--timeout=" + seconds()));
        command.addAll(List.of(object));
        kubectl(command.toArray(String[]::new));
    }

    private static String seconds() {
        return SOON.toSeconds() + "s";
    }

    /** Makes Kakehashi its network, and waits until the nodes are ready. */
    void install() throws IOException {
        lab.install(LabBed.installation(), Progress.SILENT);
    }

    /** Starts the agent of a node again. */
    void startAgent(LabNode node) throws IOException {
        try (NodeSandboxes sandboxes = new NodeSandboxes(directory())) {
            new KubernetesInstall(lab, LabBed.installation()).startAgent(node, sandboxes.of(node));
        }
    }

    /** Ends the resident agent of a node as a crash does. */
    void killAgent(LabNode node) throws IOException {
        for (ProcessHandle process : LabProcesses.of(spec.name())) {
            Path commandLine = Path.of("/proc", Long.toString(process.pid()), "cmdline");
            String words = "\0" + Files.readString(commandLine, StandardCharsets.ISO_8859_1);
            if (words.contains("AgentMain\0--node\0" + node.name() + "\0")) {
                process.destroyForcibly();
                process.onExit().join();
                return;
            }
        }
        throw new AssertionError("no agent of " + node.name());
    }

    /** A pod that runs. */
    record Pod(String name, String node, String address) {}

    /** The pods with a label, by the API server. */
    List<Pod> pods(String selector) throws IOException {
        String lines =
                kubectl(
                        "get",
                        "pods",
                        "--selector",
                        selector,
                        "-o",
                        "jsonpath={range .items[*]}{.metadata.name} {.spec.nodeName}"
                                + " {.status.podIP}{\"\\n\"}{end}");
        return lines.lines()
                .map(line -> line.split(" ", -1))
                .filter(words -> words.length == 3)
                .map(words -> new Pod(words[0], words[1], words[2]))
                .toList();
    }

    /** Runs a shell script in a pod by way of the kubelet; it must succeed. */
    String inPod(Pod pod, String script) throws IOException {
        return kubectl("exec", pod.name(), "--", "/bin/sh", "-ec", script);
    }

    /** The same, going on while the test does something else; what it says goes to the file. */
    Process inPodMeanwhile(Pod pod, Path output, String script) throws IOException {
        return lab.control()
                .kubectlMeanwhile(
                        output, List.of("exec", pod.name(), "--", "/bin/sh", "-ec", script));
    }
}
