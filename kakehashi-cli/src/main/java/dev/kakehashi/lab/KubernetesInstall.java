package dev.kakehashi.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/** Makes Kakehashi the network of a lab with Kubernetes, as docs/kubernetes.md says it. */
final class KubernetesInstall {
    private static final Path PLUGINS = Path.of("/opt/cni/bin");

    /** Where the plugins look for the agent that they start when there is none. */
    private static final Path HOME = Path.of("/opt/kakehashi");

    /** Of the account, as the manifest has it. */
    static final String NAMESPACE = "kakehashi-system";

    private final KubernetesLab lab;
    private final LabDirectory directory;
    private final ControlPlane control;
    private final Installation installation;

    KubernetesInstall(KubernetesLab lab, Installation installation) {
        this.lab = lab;
        this.directory = lab.directory();
        this.control = lab.control();
        this.installation = installation;
    }

    /** Applies definitions, account and roles, and the Network as it was asked for. */
    void apply() throws IOException {
        Path manifest = installation.home().resolve("share/kakehashi-account.yaml");
        control.succeed(List.of("apply", "-f", manifest.toString()));
        control.succeed(
                List.of("wait", "--for=condition=Established", "crd", "--all", "--timeout=30s"));
        Path network = directory.path().resolve("network.yaml");
        Files.writeString(network, LabStore.objects(lab.topology().spec()));
        control.succeed(List.of("apply", "-f", network.toString()));
        Files.writeString(
                token(), control.succeed(List.of("create", "token", "kakehashi", "-n", NAMESPACE)));
    }

    private Path token() {
        return directory.path().resolve("agent-token");
    }

    /** Puts the plugins on a node, and the programs that they start. */
    void putPlugins(LabNode node) throws IOException {
        Path bin = directory.inPlaceOf(node.name(), PLUGINS);
        try (Stream<Path> plugins = Files.list(installation.plugins())) {
            for (Path plugin : plugins.toList()) {
                Files.copy(
                        plugin,
                        bin.resolve(plugin.getFileName()),
                        StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
        Path home = directory.inPlaceOf(node.name(), HOME);
        for (String part : List.of("bin", "cni", "lib")) {
            Files.createSymbolicLink(home.resolve(part), installation.home().resolve(part));
        }
    }

    /** Starts the agent of a node, as the account of the manifest. */
    void startAgent(LabNode node, NodeSandbox sandbox) throws IOException {
        String store =
                "kubernetes://"
                        + control.apiServer()
                        + "?ca="
                        + control.certificate()
                        + "&token-file="
                        + token();
        new LabAgents(
                        directory,
                        installation,
                        List.of(
                                "--store",
                                store,
                                "--network-cidrs",
                                String.join(",", lab.topology().podCidrs())))
                .start(node, sandbox);
    }
}
