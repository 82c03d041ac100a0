package dev.kakehashi.lab;

import dev.kakehashi.linux.SysMount;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes a node of a lab a node of its Kubernetes: containerd, kubelet and kube-proxy in the node's
 * namespaces, each with the folders that it has on a machine of its own.
 */
final class KubernetesNode {
    /** What a node has for itself besides {@link LabDirectory#HIDDEN}. */
    static final List<Path> HIDDEN =
            List.of(
                    Path.of("/run/containerd"),
                    Path.of("/var/lib/containerd"),
                    Path.of("/var/lib/kubelet"),
                    Path.of("/var/log/pods"),
                    Path.of("/var/log/containers"),
                    Path.of("/opt/cni/bin"),
                    Path.of("/opt/kakehashi"));

    private static final Path KUBELET_ROOT = Path.of("/var/lib/kubelet");
    private static final String SOCKET = "/run/containerd/containerd.sock";
    private static final Duration READY = Duration.ofSeconds(30);

    private final LabTopology topology;
    private final LabDirectory directory;
    private final KubernetesPrograms programs;
    private final LabPrograms starter;
    private final ControlPlane control;
    private final Patience patience = Patience.ofEnvironment();

    KubernetesNode(
            LabTopology topology,
            LabDirectory directory,
            KubernetesPrograms programs,
            ControlPlane control) {
        this.topology = topology;
        this.directory = directory;
        this.programs = programs;
        this.starter = new LabPrograms(directory.lab());
        this.control = control;
    }

    /**
     * Starts all three.
     *
     * @param images archives that the node's containerd gets
     */
    void start(LabNode node, NodeSandbox sandbox, List<Path> images) throws IOException {
        Path folder = directory.node(node.name());
        Path containerd = Files.writeString(folder.resolve("containerd.toml"), CONTAINERD);
        Path kubelet = Files.writeString(folder.resolve("kubelet.yaml"), configuration());
        Path proxy = Files.writeString(folder.resolve("kube-proxy.yaml"), proxy(node));
        sandbox.call(() -> {
            // As systemd leaves a machine, and as kubelet and containerd ask for it: what is
            // mounted
            // for containers, and the names of pods' namespaces, reach those that run.
            SysMount.mount("none", "/", "none", SysMount.MS_REC | SysMount.MS_SHARED);
            launch(node, "containerd", List.of("containerd", "--config", containerd.toString()));
            load(images);
            launch(node, "kubelet", kubelet(node, kubelet));
            launch(
                    node,
                    "kube-proxy",
                    List.of(programs.command("kube-proxy").toString(), "--config", proxy + ""));
            return true;
        });
    }

    private void launch(LabNode node, String name, List<String> command) throws IOException {
        starter.start(directory.node(node.name()).resolve(name + ".log"), command);
    }

    private void load(List<Path> images) throws IOException {
        long deadline = System.nanoTime() + patience.with(READY).toNanos();
        while (starter.run(ctr("version")).status() != 0) {
            if (System.nanoTime() > deadline) {
                throw new IOException("containerd does not answer at " + SOCKET);
            }
            Pause.shortly();
        }
        for (Path image : images) {
            starter.succeed(ctr("--namespace", "k8s.io", "images", "import", image.toString()));
        }
    }

    private static List<String> ctr(String... arguments) {
        List<String> command = new ArrayList<>(List.of("ctr", "--address", SOCKET));
        command.addAll(List.of(arguments));
        return command;
    }

    private List<String> kubelet(LabNode node, Path configuration) {
        return List.of(
                programs.command("kubelet").toString(),
                "--config",
                configuration.toString(),
                "--kubeconfig",
                control.kubeconfig().toString(),
                "--root-dir",
                KUBELET_ROOT.toString(),
                "--cert-dir",
                KUBELET_ROOT.resolve("pki").toString(),
                "--hostname-override",
                node.name(),
                "--node-ip",
                String.join(",", node.addresses()));
    }

    /** The lab's nodes have no sandbox image but ours, and oom_score_adj only as the machine. */
    private static final String CONTAINERD =
            """
            version = 2
            root = "/var/lib/containerd"
            state = "/run/containerd"
            disabled_plugins = ["io.containerd.internal.v1.opt"]
            [grpc]
              address = "%s"
            [plugins."io.containerd.grpc.v1.cri"]
              sandbox_image = "%s"
              restrict_oom_score_adj = true
              [plugins."io.containerd.grpc.v1.cri".containerd]
                snapshotter = "overlayfs"
              [plugins."io.containerd.grpc.v1.cri".cni]
                bin_dir = "/opt/cni/bin"
                conf_dir = "/etc/cni/net.d"
            """
                    .formatted(SOCKET, LabImages.PAUSE);

    /** Anybody in the lab may ask the kubelet: it is a lab. */
    private String configuration() {
        return """
        apiVersion: kubelet.config.k8s.io/v1beta1
        kind: KubeletConfiguration
        authentication: {anonymous: {enabled: true}, webhook: {enabled: false}}
        authorization: {mode: AlwaysAllow}
        cgroupDriver: cgroupfs
        cgroupsPerQOS: false
        enforceNodeAllocatable: []
        failCgroupV1: false
        failSwapOn: false
        localStorageCapacityIsolation: false
        oomScoreAdj: 0
        containerRuntimeEndpoint: unix://%s
        clusterDomain: cluster.local
        clusterDNS: [%s]
        address: "%s"
        nodeStatusUpdateFrequency: 2s
        """
                .formatted(SOCKET, control.dns(), topology.family().hasIpv6() ? "::" : "0.0.0.0");
    }

    private String proxy(LabNode node) {
        return """
        apiVersion: kubeproxy.config.k8s.io/v1alpha1
        kind: KubeProxyConfiguration
        clientConnection: {kubeconfig: %s}
        hostnameOverride: %s
        clusterCIDR: %s
        mode: iptables
        conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
        """
                .formatted(
                        control.kubeconfig(), node.name(), String.join(",", topology.podCidrs()));
    }
}
