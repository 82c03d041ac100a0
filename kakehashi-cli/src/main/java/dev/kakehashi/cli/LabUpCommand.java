package dev.kakehashi.cli;

import dev.kakehashi.lab.Lab;
import dev.kakehashi.lab.LabSpec;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code kakehashi lab up}. */
@Command(
        name = "up",
        mixinStandardHelpOptions = true,
        description = {
            "Brings a lab up and waits until every pod reaches every other.",
            "Each node is a network and a mount namespace with an agent of its own; pods are made"
                    + " as a container runtime makes them."
        })
final class LabUpCommand implements Callable<Integer> {
    @Mixin LabOptions options = new LabOptions();
    @Spec CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--nodes",
            paramLabel = "N",
            defaultValue = "3",
            description = "How many nodes (default: ${DEFAULT-VALUE}).")
    int nodes;

    @Option(
            names = "--pods-per-node",
            paramLabel = "K",
            defaultValue = "2",
            description = "How many pods on each (default: ${DEFAULT-VALUE}).")
    int podsPerNode;

    @Option(
            names = "--carrier",
            paramLabel = "CARRIER",
            defaultValue = "vxlan",
            completionCandidates = LabCarrierCommand.Names.class,
            description = "One of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    String carrier = "vxlan";

    @Option(
            names = "--segments",
            paramLabel = "M",
            defaultValue = "1",
            description =
                    "How many underlay segments the nodes are spread over, with a router between"
                            + " (default: ${DEFAULT-VALUE}).")
    int segments;

    @Option(
            names = "--ipam",
            paramLabel = "TYPE",
            defaultValue = "podCIDR",
            completionCandidates = IpamTypes.class,
            description =
                    "Where pods' addresses come from, one of ${COMPLETION-CANDIDATES} (default:"
                            + " ${DEFAULT-VALUE}).")
    String ipam = "podCIDR";

    @Option(
            names = "--pod-link",
            paramLabel = "LINK",
            defaultValue = "bridge",
            completionCandidates = PodLinks.class,
            description =
                    "How a pod is joined to its node, one of ${COMPLETION-CANDIDATES} (default:"
                            + " ${DEFAULT-VALUE}).")
    String podLink = "bridge";

    @Option(
            names = "--ip-family",
            paramLabel = "FAMILY",
            defaultValue = "ipv4",
            completionCandidates = IpFamilies.class,
            description =
                    "With --kubernetes: of which family the addresses of nodes, pods and Services"
                            + " are, one of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    String ipFamily = "ipv4";

    @Option(
            names = "--kubernetes",
            description = {
                "A real Kubernetes: a control plane outside, and containerd, kubelet and kube-proxy on"
                        + " every node. Its pods are made by: kakehashi lab kubectl."
            })
    boolean kubernetes;

    /** For the shell's completion. */
    static final class IpamTypes implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return LabSpec.IPAM_TYPES.iterator();
        }
    }

    /** For the shell's completion. */
    static final class PodLinks implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return LabSpec.POD_LINKS.iterator();
        }
    }

    /** For the shell's completion. */
    static final class IpFamilies implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return LabSpec.IP_FAMILIES.iterator();
        }
    }

    @Override
    public Integer call() throws Exception {
        LabSpec wanted;
        try {
            wanted =
                    new LabSpec(
                                    options.name,
                                    nodes,
                                    kubernetes ? 0 : podsPerNode,
                                    carrier,
                                    segments)
                            .withIpam(ipam)
                            .withPodLink(podLink)
                            .withIpFamily(ipFamily);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        if (!kubernetes && !ipFamily.equals("ipv4")) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--ip-family "
                            + ipFamily
                            + " needs --kubernetes: other labs have IPv4 addresses only");
        }
        TerminalProgress progress = new TerminalProgress(System.err);
        if (kubernetes) {
            return upKubernetes(wanted, progress);
        }
        Lab lab = Lab.up(wanted, progress);
        return new LabReport(lab, options.output.format).all(progress);
    }

    private int upKubernetes(LabSpec wanted, TerminalProgress progress) throws IOException {
        Path kubeconfig = Lab.upKubernetes(wanted, progress);
        System.out.println("kubeconfig: " + kubeconfig);
        String name = wanted.name().equals(LabSpec.DEFAULT_NAME) ? "" : " --name " + wanted.name();
        System.out.println("kakehashi lab kubectl" + name + " get nodes");
        return Lab.open(wanted.name()).kubectl(List.of("get", "nodes", "-o", "wide"));
    }
}
