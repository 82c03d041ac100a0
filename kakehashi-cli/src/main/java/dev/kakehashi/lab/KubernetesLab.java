package dev.kakehashi.lab;

import dev.kakehashi.linux.netns.Netns;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * A real Kubernetes on this machine: a control plane on the outside host, and nodes with
 * containerd, kubelet and kube-proxy, each a network and a mount namespace. It has no pod network
 * until somebody installs one.
 */
final class KubernetesLab {
    private static final Duration REGISTERED = Duration.ofSeconds(60);

    private final LabTopology topology;
    private final LabDirectory directory;
    private final KubernetesPrograms programs;
    private final ControlPlane control;

    private KubernetesLab(LabSpec spec, KubernetesPrograms programs) {
        this.topology = new LabTopology(spec);
        this.directory = new LabDirectory(spec.name());
        this.programs = programs;
        this.control = new ControlPlane(topology, directory, programs);
    }

    /** One that is up, or is to be brought up. */
    static KubernetesLab of(LabSpec spec, KubernetesPrograms programs) {
        return new KubernetesLab(spec, programs);
    }

    /**
     * Brings it up: the API server answers, and the kubelets have been started.
     *
     * @param images archives that every node gets besides those of the lab
     */
    void up(List<Path> images, Progress progress) throws IOException {
        try (NodeSandboxes sandboxes = new NodeSandboxes(directory)) {
            progress.step("wiring " + topology.nodes().size() + " nodes and the outside host");
            LabFolders folders = new LabFolders(directory, hidden());
            folders.make(topology.nodes());
            new LabFiles(directory).writeSpec(topology.spec());
            for (String name : topology.namespaces()) {
                try (Netns netns = Netns.create()) {
                    netns.pin(LabDirectory.netns(name));
                }
            }
            new LabWires(topology).connect();
            List<Path> archives = new ArrayList<>(List.of(new LabImages(directory).make()));
            archives.addAll(images);
            progress.step("starting the control plane");
            control.start();
            progress.step("starting containerd, kubelet and kube-proxy on every node");
            KubernetesNode nodes = new KubernetesNode(topology, directory, programs, control);
            List<Callable<Boolean>> work = new ArrayList<>();
            for (LabNode node : topology.nodes()) {
                NodeSandbox sandbox = sandboxes.create(node, hidden());
                work.add(() -> {
                    nodes.start(node, sandbox, archives);
                    return true;
                });
            }
            LabUp.runAll(work);
        }
    }

    /** Makes Kakehashi its network, and waits until the kubelets say that pods may come. */
    void install(Installation installation, Progress progress) throws IOException {
        progress.step("installing Kakehashi");
        KubernetesInstall install = new KubernetesInstall(this, installation);
        install.apply();
        try (NodeSandboxes sandboxes = new NodeSandboxes(directory)) {
            for (LabNode node : topology.nodes()) {
                install.putPlugins(node);
                install.startAgent(node, sandboxes.of(node));
            }
        }
        progress.step("waiting for the nodes to be ready");
        awaitNodes();
        control.succeed(
                List.of("wait", "--for=condition=Ready", "node", "--all", "--timeout=120s"));
    }

    /** Waits until every kubelet has made its Node. */
    void awaitNodes() throws IOException {
        long deadline = System.nanoTime() + REGISTERED.toNanos();
        while (control.succeed(List.of("get", "nodes", "-o", "name")).lines().count()
                < topology.nodes().size()) {
            if (System.nanoTime() > deadline) {
                throw new IOException(
                        "not all kubelets have registered; look at "
                                + directory.node("node1").resolve("kubelet.log"));
            }
            Pause.shortly();
        }
    }

    private static List<Path> hidden() {
        List<Path> hidden = new ArrayList<>(LabDirectory.HIDDEN);
        hidden.addAll(KubernetesNode.HIDDEN);
        return hidden;
    }

    LabTopology topology() {
        return topology;
    }

    LabDirectory directory() {
        return directory;
    }

    ControlPlane control() {
        return control;
    }
}
