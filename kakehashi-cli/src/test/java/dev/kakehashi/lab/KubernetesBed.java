package dev.kakehashi.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A Kubernetes of a test class, with the eyes and hands that a test needs in it. It is there, bare,
 * before anything of the class runs, and leaves nothing behind.
 */
final class KubernetesBed implements BeforeAllCallback, AfterAllCallback {
    static final Duration SOON = Duration.ofSeconds(30);
    static final String NAMESPACE = KubernetesInstall.NAMESPACE;

    private static final Path MANIFEST = Path.of("../dist/share/kakehashi.yaml");
    private static final Path DEFINITIONS = Path.of("../dist/share/kakehashi-crds.yaml");
    private static final Path IMAGES = Path.of("../build/image");

    /** Another release: its manifest and its image. */
    private static final Path NEXT =
            Path.of(System.getProperty("kakehashi.next", IMAGES.resolve("next") + ""));

    private final LabSpec spec;
    private final boolean withNext;
    private final KubernetesLab lab;
    private final LabBed nodes;
    private final Map<String, Set<String>> bare = new HashMap<>();

    KubernetesBed(LabSpec spec) {
        this(spec, false);
    }

    /** One whose nodes have the image of another release, too, if there is one. */
    static KubernetesBed withNext(LabSpec spec) {
        return new KubernetesBed(spec, true);
    }

    private KubernetesBed(LabSpec spec, boolean withNext) {
        String peers = System.getProperty("kakehashi.peers", "");
        KubernetesPrograms programs = new KubernetesPrograms(Path.of(peers));
        List<Path> missing = programs.missing();
        assumeTrue(missing.isEmpty(), "missing: " + missing + ": scripts/peers/setup.sh");
        this.spec = spec;
        this.withNext = withNext;
        this.lab = KubernetesLab.of(spec, programs);
        this.nodes = new LabBed(spec);
    }

    /** Brings it up, every node with our image; what an earlier run left goes first. */
    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        String architecture = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
        Path image = IMAGES.resolve("kakehashi-" + architecture + ".tar").toAbsolutePath();
        assumeTrue(Files.exists(image), image + " does not exist: make image");
        List<Path> images = new ArrayList<>(List.of(image.normalize()));
        Path next = NEXT.resolve("kakehashi-" + architecture + ".tar").toAbsolutePath();
        if (withNext && Files.exists(next)) {
            images.add(next.normalize());
        }
        Lab.down(spec.name(), Progress.SILENT);
        lab.up(images, Progress.SILENT);
        for (LabNode node : all()) {
            bare.put(node.name(), NodeFootprint.of(nodes, node));
        }
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        Lab.down(spec.name(), Progress.SILENT);
        assertThat(nodes.traces()).isEmpty();
    }

    LabBed nodes() {
        return nodes;
    }

    List<LabNode> all() {
        return lab.topology().nodes();
    }

    LabFamily family() {
        return spec.family();
    }

    LabDirectory directory() {
        return lab.directory();
    }

    Path kubeconfig() {
        return lab.control().kubeconfig();
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

    /** Makes Kakehashi its network as docs/kubernetes.md says it, by the manifest alone. */
    void install() throws IOException {
        lab.awaitNodes();
        if (family() == LabFamily.IPV4) {
            kubectl("apply", "-f", MANIFEST.toString());
        } else {
            String manifest = Files.readString(MANIFEST);
            String cidrs = "network-cidrs: ";
            String ours = cidrs + String.join(",", lab.topology().podCidrs());
            assertThat(manifest).contains(cidrs + LabTopology.POD_CIDR + "\n");
            apply(manifest.replace(cidrs + LabTopology.POD_CIDR, ours));
        }
        awaitAgents();
        kubectl("wait", "--for=condition=Ready", "node", "--all", "--timeout=60s");
    }

    /**
     * Installs as docs/kubernetes.md says it for a Network that is there before the agents.
     *
     * @param network it, and its pools
     */
    void install(String network) throws IOException {
        kubectl("apply", "-f", DEFINITIONS.toString());
        kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=30s");
        apply(network);
        install();
    }

    /** Whether there is another release to go to. */
    boolean hasNext() {
        return withNext && Files.exists(NEXT.resolve("kakehashi.yaml"));
    }

    /** Goes to the other release, one node after the other. */
    void upgrade() throws IOException {
        kubectl("apply", "-f", NEXT.resolve("kakehashi.yaml").toString());
    }

    /** Goes to the other release on one node only, until {@link #upgrade}. */
    void upgradeOnly(LabNode node) throws IOException {
        String manifest = Files.readString(NEXT.resolve("kakehashi.yaml"));
        String held =
                manifest.replaceFirst(
                        "type: RollingUpdate\n +rollingUpdate: .*\n", "type: OnDelete\n");
        assertThat(held).isNotEqualTo(manifest);
        apply(held);
        kubectl("delete", agentOn(node), "-n", NAMESPACE);
        String others = "jsonpath={.status.updatedNumberScheduled}=1";
        kubectl("wait", "--for=" + others, "daemonset/kakehashi", "-n", NAMESPACE);
        String ready = "--for=jsonpath={.status.numberReady}=" + all().size();
        kubectl("wait", ready, "daemonset/kakehashi", "-n", NAMESPACE, "--timeout=60s");
    }

    /** Goes back. */
    void undoUpgrade() throws IOException {
        kubectl("apply", "-f", MANIFEST.toString());
    }

    /** The image of each node's agent. */
    List<String> releases() throws IOException {
        List<String> releases = new ArrayList<>();
        for (LabNode node : all()) {
            String path = "jsonpath={.spec.containers[0].image}";
            releases.add(kubectl("get", agentOn(node), "-n", NAMESPACE, "-o", path));
        }
        return releases;
    }

    /** Waits until the DaemonSet is as its template says, on every node. */
    void awaitAgents() throws IOException {
        kubectl("rollout", "status", "daemonset/kakehashi", "-n", NAMESPACE, "--timeout=120s");
    }

    /** Takes it away again as docs/kubernetes.md says it, from nodes without pods of ours. */
    void uninstall(Set<String> deadNodes) throws Exception {
        kubectl("delete", "daemonset", "kakehashi", "-n", NAMESPACE, "--wait");
        await("delete", "pods", "--all", "-n", NAMESPACE);
        for (LabNode node : all()) {
            String force = deadNodes.contains(node.name()) ? " --force" : "";
            nodes.inNode(node.name(), "/opt/kakehashi/bin/kakehashi node clean --programs" + force);
        }
        kubectl("delete", "-f", MANIFEST.toString(), "--ignore-not-found", "--timeout=60s");
    }

    /** What is there in a node besides what was before the installation, and what is missing. */
    List<String> differencesOf(LabNode node) throws IOException {
        return NodeFootprint.differences(
                bare.getOrDefault(node.name(), Set.of()), NodeFootprint.of(nodes, node));
    }

    /** Ends the resident agent of a node as a crash does: its process in its container. */
    void killAgent(LabNode node) throws IOException {
        for (ProcessHandle process : LabProcesses.of(spec.name())) {
            if (commandLine(process).contains("AgentMain\0--node\0" + node.name() + "\0")) {
                process.destroyForcibly();
                process.onExit().join();
                return;
            }
        }
        throw new AssertionError("no agent of " + node.name());
    }

    private static String commandLine(ProcessHandle process) {
        try {
            Path file = Path.of("/proc", Long.toString(process.pid()), "cmdline");
            return "\0" + Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return ""; // it ended while we looked
        }
    }

    /** Ends the container of a node's BIRD as a crash does: its first process, and BIRD with it. */
    void killBird(LabNode node) throws IOException {
        String netns = nodes.inNode(node.name(), "readlink /proc/self/ns/net").strip();
        for (ProcessHandle process : LabProcesses.of(spec.name())) {
            Path namespace = Path.of("/proc", Long.toString(process.pid()), "ns/net");
            if (commandLine(process).contains("/bin/kakehashi-bird\0")
                    && link(namespace).equals(netns)) {
                process.destroyForcibly();
                process.onExit().join();
                return;
            }
        }
        throw new AssertionError("no BIRD of " + node.name());
    }

    /**
     * Ends everything that runs on a node at once, as the end of a machine would: the kubelet, the
     * container runtime and all containers, known by the mount namespace of their ancestors.
     */
    void killNode(LabNode node) throws IOException {
        Object inode = Files.getAttribute(directory().mountNamespace(node.name()), "unix:ino");
        Set<ProcessHandle> processes = new HashSet<>();
        for (ProcessHandle process : LabProcesses.of(spec.name())) {
            Path namespace = Path.of("/proc", Long.toString(process.pid()), "ns/mnt");
            if (link(namespace).equals("mnt:[" + inode + "]")) {
                processes.add(process);
                process.descendants().forEach(processes::add);
            }
        }
        assertThat(processes).as("processes of %s", node).isNotEmpty();
        processes.forEach(ProcessHandle::destroyForcibly);
        LabProcesses.end(List.copyOf(processes), SOON);
    }

    private static String link(Path path) {
        try {
            return Files.readSymbolicLink(path).toString();
        } catch (IOException e) {
            return ""; // it ended while we looked
        }
    }

    /**
     * A pod that runs.
     *
     * @param addresses one of each family of the network
     */
    record Pod(String name, String node, List<String> addresses) {
        Pod {
            addresses = List.copyOf(addresses);
        }

        /** The first one, by which it is asked where one is enough. */
        String address() {
            return addresses.getFirst();
        }
    }

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
                                + " {.status.podIPs[*].ip}{\"\\n\"}{end}");
        return lines.lines()
                .map(line -> line.split(" ", -1))
                .filter(words -> words.length >= 3)
                .map(words -> new Pod(words[0], words[1], List.of(words).subList(2, words.length)))
                .toList();
    }

    /** The agent's pod on a node. */
    String agentOn(LabNode node) throws IOException {
        return kubectl(
                "get",
                "pods",
                "-n",
                NAMESPACE,
                "--field-selector",
                "spec.nodeName=" + node.name() + ",status.phase=Running",
                "-o",
                "name");
    }

    /** How often a container of the agent's pod on a node was started again. */
    int restarts(LabNode node, String container) throws IOException {
        return Integer.parseInt(
                kubectl(
                        "get",
                        agentOn(node),
                        "-n",
                        NAMESPACE,
                        "-o",
                        "jsonpath={.status.containerStatuses[?(@.name==\""
                                + container
                                + "\")].restartCount}"));
    }

    /** Runs a shell script in a container of the agent's pod on a node; it must succeed. */
    String inAgent(LabNode node, String container, String script) throws IOException {
        return kubectl(
                "exec",
                agentOn(node),
                "-n",
                NAMESPACE,
                "-c",
                container,
                "--",
                "/bin/sh",
                "-ec",
                script);
    }

    /** Runs a shell script in a pod by way of the kubelet; it must succeed. */
    String inPod(Pod pod, String script) throws IOException {
        return kubectl("exec", pod.name(), "--", "/bin/sh", "-ec", script);
    }
}
