package dev.kakehashi.lab;

import dev.kakehashi.linux.IpAddresses;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** A lab that is up: what a user can ask of it. */
public final class Lab {
    private static final Duration REACH_LIMIT = Duration.ofSeconds(15);
    private static final Duration CARRIER_LIMIT = Duration.ofSeconds(30);
    private static final String OUTSIDE = "outside";

    private final LabTopology topology;
    private final LabFiles files;
    private final Installation installation;
    private final Patience patience = Patience.ofEnvironment();

    private Lab(LabTopology topology, LabFiles files, Installation installation) {
        this.topology = topology;
        this.files = files;
        this.installation = installation;
    }

    /**
     * Brings a lab up.
     *
     * @throws IOException if one of that name is up, or if it cannot be made; then nothing of it is
     *     left but what {@link #down} removes
     */
    public static Lab up(LabSpec spec, Progress progress) throws IOException {
        return up(spec, Installation.find(), progress);
    }

    static Lab up(LabSpec spec, Installation installation, Progress progress) throws IOException {
        LabDirectory directory = new LabDirectory(spec.name());
        if (directory.exists()) {
            throw there(spec.name());
        }
        LabTopology topology = new LabTopology(spec);
        try {
            new LabUp(topology, installation, progress).run();
        } catch (IOException e) {
            throw notUp(spec.name(), e);
        }
        return new Lab(topology, new LabFiles(directory), installation);
    }

    /**
     * Brings up a lab whose nodes are those of a real Kubernetes, with Kakehashi as its network.
     *
     * @return the kubeconfig of its administrator
     * @throws IOException as of {@link #up}, or naming the program that is missing
     */
    public static Path upKubernetes(LabSpec spec, Progress progress) throws IOException {
        KubernetesPrograms programs = KubernetesPrograms.find();
        Installation installation = Installation.find();
        LabDirectory directory = new LabDirectory(spec.name());
        if (directory.exists()) {
            throw there(spec.name());
        }
        KubernetesLab lab = KubernetesLab.of(spec, programs);
        try {
            lab.up(List.of(), progress);
            lab.install(installation, progress);
        } catch (IOException e) {
            throw notUp(spec.name(), e);
        }
        return lab.control().kubeconfig();
    }

    /**
     * Runs kubectl in a lab with Kubernetes, on this terminal.
     *
     * @return its exit status
     * @throws IOException when the lab has no Kubernetes
     */
    public int kubectl(List<String> arguments) throws IOException {
        if (!hasKubernetes()) {
            throw new IOException(
                    "lab "
                            + topology.spec().name()
                            + " has no Kubernetes; make one with: kakehashi lab up --kubernetes");
        }
        return KubernetesLab.of(topology.spec(), KubernetesPrograms.find())
                .control()
                .kubectlHere(arguments);
    }

    private boolean hasKubernetes() {
        return Files.isDirectory(files.directory().path().resolve(ControlPlane.FOLDER));
    }

    /** What follows is about the pods that the lab itself makes. */
    private void requireOwnPods() throws IOException {
        if (hasKubernetes()) {
            throw new IOException(
                    "the pods of lab "
                            + topology.spec().name()
                            + " are Kubernetes'; ask it: kakehashi lab kubectl get pods");
        }
    }

    private static IOException there(String name) {
        return new IOException(
                "lab "
                        + name
                        + " is there already; remove it with: kakehashi lab down --name "
                        + name);
    }

    private static IOException notUp(String name, IOException cause) {
        return new IOException(
                "lab "
                        + name
                        + " is not up; look at "
                        + new LabDirectory(name).path()
                        + ", then: kakehashi lab down --name "
                        + name,
                cause);
    }

    /**
     * A lab that is up.
     *
     * @throws IOException naming the labs there are when there is none of that name
     */
    public static Lab open(String name) throws IOException {
        LabDirectory directory = new LabDirectory(name);
        if (!directory.exists()) {
            List<String> all = LabDirectory.all();
            throw new IOException(
                    "there is no lab "
                            + name
                            + (all.isEmpty()
                                    ? "; make one with: kakehashi lab up"
                                    : "; there are: " + String.join(", ", all)));
        }
        LabFiles files = new LabFiles(directory);
        return new Lab(new LabTopology(files.readSpec()), files, Installation.find());
    }

    /** Removes a lab, whole, half-made or absent, and leaves the machine as found. */
    public static void down(String name, Progress progress) throws IOException {
        new LabTeardown(new LabDirectory(name), progress).run();
    }

    /** What there is now. */
    public LabStatus status() throws IOException {
        requireOwnPods();
        return new LabInventory(topology, files).status();
    }

    /** Tests every pod to every other pod, to its node and to the outside. */
    public ReachReport reach(Progress progress) throws IOException {
        requireOwnPods();
        try (LabEndpoints endpoints = new LabEndpoints();
                NodeSandboxes sandboxes = new NodeSandboxes(files.directory())) {
            for (LabPod pod : files.pods()) {
                endpoints.pod(pod, sandboxes.of(node(pod.node())));
            }
            for (LabNode node : topology.nodes()) {
                endpoints.node(node);
            }
            endpoints.outside(topology);
            List<Probe> questions = Questions.all(endpoints.all());
            progress.step("testing " + questions.size() + " ways");
            List<Probe> answered = Prober.ask(questions, patience.with(REACH_LIMIT));
            return ReachReport.of(answered);
        }
    }

    /**
     * Adds a pod.
     *
     * @param pod its name; empty for the next free number
     */
    public LabStatus.Pod addPod(String node, String pod) throws IOException {
        requireOwnPods();
        List<LabPod> pods = files.pods();
        String name = pod.isEmpty() ? nextName(pods) : pod;
        if (pods.stream().anyMatch(p -> p.name().equals(name))) {
            throw new IOException("there is a pod " + name + " already");
        }
        LabNode place = node(node);
        try (NodeSandboxes sandboxes = new NodeSandboxes(files.directory())) {
            LabPod added =
                    new LabPods(files, installation)
                            .add(new LabPod(name, node, ""), sandboxes.of(place));
            return new LabStatus.Pod(added.name(), added.node(), added.address());
        }
    }

    private static String nextName(List<LabPod> pods) {
        List<String> taken = pods.stream().map(LabPod::name).toList();
        return IntStream.iterate(1, i -> i + 1)
                .mapToObj(i -> "pod" + i)
                .filter(name -> !taken.contains(name))
                .findFirst()
                .orElseThrow();
    }

    /** Removes a pod. */
    public void delPod(String pod) throws IOException {
        LabPod gone = pod(pod).orElseThrow(() -> unknown(pod));
        try (NodeSandboxes sandboxes = new NodeSandboxes(files.directory())) {
            new LabPods(files, installation).del(gone, sandboxes.of(node(gone.node())));
        }
    }

    /** The address of a pod, a node or the outside; anything else is taken for an address. */
    public String addressOf(String name) throws IOException {
        Optional<LabPod> pod = pod(name);
        if (pod.isPresent()) {
            return pod.get().address();
        }
        if (name.equals(OUTSIDE)) {
            return topology.outsideAddresses().getFirst();
        }
        return topology.node(name).map(LabNode::address).orElse(name);
    }

    /**
     * Runs a command inside a pod, a node or the outside host, on this terminal.
     *
     * @return its exit status
     */
    public int exec(String where, List<String> command) throws IOException {
        Optional<LabPod> pod = pod(where);
        List<String> words = new ArrayList<>();
        if (pod.isPresent()) {
            words.addAll(List.of("nsenter", "--net=" + pod.get().netns()));
        }
        words.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(words).inheritIO();
        if (where.equals(OUTSIDE)) {
            Path outside = LabDirectory.netns(topology.outsideNetns());
            builder.command().addAll(0, List.of("nsenter", "--net=" + outside));
            return await(builder.start());
        }
        LabNode node = pod.isPresent() ? node(pod.get().node()) : node(where);
        try (NodeSandboxes sandboxes = new NodeSandboxes(files.directory())) {
            return await(sandboxes.of(node).call(builder::start));
        }
    }

    private static int await(Process process) throws IOException {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /**
     * Explains a packet's way by the kernels' own objects.
     *
     * @param from a pod
     * @param to a pod, a node, {@code outside} or an address
     */
    public List<PathStep> explain(String from, String to) throws IOException {
        LabPod source = pod(from).orElseThrow(() -> unknown(from));
        InetAddress target = literal(addressOf(to));
        try (NodeSandboxes sandboxes = new NodeSandboxes(files.directory())) {
            return new PathStory(topology, files.pods(), sandboxes).tell(source, target);
        }
    }

    private InetAddress literal(String address) throws IOException {
        try {
            return IpAddresses.parse(address);
        } catch (IllegalArgumentException e) {
            throw unknown(address);
        }
    }

    /**
     * Changes the carrier of the lab's network, under its running pods, and waits until every
     * node's agent has followed.
     *
     * @throws IllegalArgumentException if the lab cannot have it
     */
    public void carrier(String carrier, Progress progress) throws IOException {
        requireOwnPods();
        LabSpec changed = topology.spec().withCarrier(carrier);
        LabStore store = new LabStore(files.directory());
        progress.step("writing carrier: " + carrier + " into " + store.network());
        files.writeSpec(changed);
        store.writeNetwork(changed);
        Duration limit = patience.with(CARRIER_LIMIT);
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            List<String> waiting = store.behind(carrier, topology.nodes());
            if (waiting.isEmpty()) {
                progress.step("all agents have followed");
                return;
            }
            if (System.nanoTime() > deadline) {
                throw new IOException(
                        "these nodes have not changed to "
                                + carrier
                                + " in "
                                + limit.toSeconds()
                                + " s: "
                                + String.join(", ", waiting)
                                + "; look at "
                                + files.directory().agentLog(waiting.getFirst()));
            }
            Pause.shortly();
        }
    }

    private Optional<LabPod> pod(String name) throws IOException {
        return files.pods().stream().filter(p -> p.name().equals(name)).findFirst();
    }

    private LabNode node(String name) throws IOException {
        return topology.node(name).orElseThrow(() -> unknown(name));
    }

    private IOException unknown(String name) {
        return new IOException(
                "there is no \""
                        + name
                        + "\" in lab "
                        + topology.spec().name()
                        + "; see: kakehashi lab status --name "
                        + topology.spec().name());
    }
}
