package dev.kakehashi.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * The control plane of a lab with Kubernetes: etcd, kube-apiserver, kube-controller-manager and
 * kube-scheduler on the host outside the nodes.
 */
final class ControlPlane {
    private static final int PORT = 6443;
    private static final String SERVICE_CIDR = "10.96.0.0/16";
    private static final String SERVICE_CIDR_IPV6 = "fd00:10:96::/112";

    /** In the lab's folder: what it keeps. */
    static final String FOLDER = "control";

    private static final String ETCD = "http://127.0.0.1:2379";
    private static final String ETCD_PEER = "http://127.0.0.1:2380";
    private static final String ADMIN_TOKEN = "lab-admin";
    private static final int KEY_BITS = 2048;
    private static final Duration READY = Duration.ofSeconds(60);

    private final LabTopology topology;
    private final KubernetesPrograms programs;
    private final LabPrograms starter;
    private final Path folder;
    private final Path netns;
    private final Patience patience = Patience.ofEnvironment();

    ControlPlane(LabTopology topology, LabDirectory directory, KubernetesPrograms programs) {
        this.topology = topology;
        this.programs = programs;
        this.starter = new LabPrograms(directory.lab());
        this.folder = directory.path().resolve(FOLDER);
        this.netns = LabDirectory.netns(topology.outsideNetns());
    }

    /** Where the API server is: address and port, as they are in a URL. */
    String apiServer() {
        String address = topology.outsideAddresses().getFirst();
        return (address.contains(":") ? "[" + address + "]" : address) + ":" + PORT;
    }

    /** Where pods look for names; a lab has nobody there. */
    String dns() {
        return topology.family().of("10.96.0.10", "fd00:10:96::a").getFirst();
    }

    private String serviceCidrs() {
        return topology.family().joined(SERVICE_CIDR, SERVICE_CIDR_IPV6);
    }

    /** By which everybody here is the administrator; the API server's address is in it. */
    Path kubeconfig() {
        return folder.resolve("kubeconfig");
    }

    /** The certificate by which the API server is known. */
    Path certificate() {
        return folder.resolve("certificates/apiserver.crt");
    }

    /**
     * Starts it and waits until the API server answers.
     *
     * @throws IOException with the end of its log when it does not
     */
    void start() throws IOException {
        Files.createDirectories(folder);
        Path key = folder.resolve("service-accounts.key");
        Files.writeString(key, newKey());
        Path tokens = folder.resolve("tokens.csv");
        Files.writeString(tokens, ADMIN_TOKEN + ",admin,admin,system:masters\n");
        Files.writeString(kubeconfig(), kubeconfigText());
        launch(programs.etcd(), etcd());
        Process server = launch(programs.command("kube-apiserver"), apiServer(key, tokens));
        awaitReady(server);
        launch(programs.command("kube-controller-manager"), controllerManager(key));
        launch(
                programs.command("kube-scheduler"),
                List.of("--kubeconfig", kubeconfig().toString(), "--leader-elect=false"));
    }

    private List<String> etcd() {
        return List.of(
                "--name",
                "lab",
                "--unsafe-no-fsync",
                "--data-dir",
                folder.resolve("etcd").toString(),
                "--listen-client-urls",
                ETCD,
                "--advertise-client-urls",
                ETCD,
                "--listen-peer-urls",
                ETCD_PEER,
                "--initial-advertise-peer-urls",
                ETCD_PEER,
                "--initial-cluster",
                "lab=" + ETCD_PEER);
    }

    private List<String> apiServer(Path key, Path tokens) {
        String advertised = topology.outsideAddresses().getFirst();
        return List.of(
                "--etcd-servers",
                ETCD,
                "--service-cluster-ip-range",
                serviceCidrs(),
                "--service-account-key-file",
                key.toString(),
                "--service-account-signing-key-file",
                key.toString(),
                "--service-account-issuer",
                "https://kubernetes.default.svc",
                "--cert-dir",
                certificate().resolveSibling("").toString(),
                "--secure-port",
                Integer.toString(PORT),
                // The second of two families is for whoever asks for it: the Service `kubernetes`
                // has the first one only.
                "--bind-address",
                topology.outsideAddresses().size() > 1 ? "::" : advertised,
                "--advertise-address",
                advertised,
                "--token-auth-file",
                tokens.toString(),
                "--authorization-mode",
                "Node,RBAC",
                "--allow-privileged=true",
                // Else exec and logs look the node's name up in DNS.
                "--kubelet-preferred-address-types",
                "InternalIP");
    }

    private List<String> controllerManager(Path key) {
        return List.of(
                "--kubeconfig",
                kubeconfig().toString(),
                "--leader-elect=false",
                "--service-account-private-key-file",
                key.toString(),
                "--use-service-account-credentials=true",
                "--root-ca-file",
                certificate().toString(),
                "--allocate-node-cidrs",
                "--cluster-cidr",
                String.join(",", topology.podCidrs()),
                "--service-cluster-ip-range",
                serviceCidrs());
    }

    private Process launch(Path program, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(program.toString());
        command.addAll(arguments);
        Path log = folder.resolve(program.getFileName() + ".log");
        return starter.start(log, LabPrograms.in(netns, command));
    }

    private void awaitReady(Process server) throws IOException {
        long deadline = System.nanoTime() + patience.with(READY).toNanos();
        while (true) {
            if (Files.exists(certificate())
                    && kubectl(List.of("get", "--raw", "/readyz")).output().equals("ok")) {
                return;
            }
            if (!server.isAlive() || System.nanoTime() > deadline) {
                Path log = folder.resolve("kube-apiserver.log");
                throw new IOException(
                        "kube-apiserver is not ready; the end of "
                                + log
                                + ":\n"
                                + LabProcesses.tail(log, 10));
            }
            Pause.shortly();
        }
    }

    /** Runs kubectl as the administrator. */
    LabPrograms.Said kubectl(List<String> arguments) throws IOException {
        return starter.run(kubectlCommand(arguments), environment());
    }

    /**
     * Runs kubectl, which must succeed.
     *
     * @return what it said
     * @throws IOException with what it said, when it does not
     */
    String succeed(List<String> arguments) throws IOException {
        LabPrograms.Said said = kubectl(arguments);
        if (said.status() != 0) {
            throw new IOException(
                    "kubectl " + String.join(" ", arguments) + ": " + said.output().strip());
        }
        return said.output().strip();
    }

    /** The same without waiting for its end; its words go to a file. */
    Process kubectlMeanwhile(Path output, List<String> arguments) throws IOException {
        return starter.start(output, kubectlCommand(arguments));
    }

    /** The same on this terminal; its exit status. */
    int kubectlHere(List<String> arguments) throws IOException {
        return starter.runHere(kubectlCommand(arguments));
    }

    private List<String> kubectlCommand(List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(programs.command("kubectl").toString());
        command.addAll(
                List.of(
                        "--kubeconfig",
                        kubeconfig().toString(),
                        "--cache-dir",
                        folder.resolve("cache").toString()));
        command.addAll(arguments);
        return LabPrograms.in(netns, command);
    }

    private static Map<String, String> environment() {
        return Map.of("KUBECONFIG", "/dev/null");
    }

    private String kubeconfigText() {
        return """
        apiVersion: v1
        kind: Config
        clusters:
        - name: lab
          cluster:
            server: https://%s
            certificate-authority: %s
        users:
        - name: admin
          user:
            token: %s
        contexts:
        - name: lab
          context: {cluster: lab, user: admin}
        current-context: lab
        """
                .formatted(apiServer(), certificate(), ADMIN_TOKEN);
    }

    private static String newKey() throws IOException {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(KEY_BITS);
            Base64.Encoder lines =
                    Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
            return "-----BEGIN PRIVATE KEY-----\n"
                    + lines.encodeToString(generator.generateKeyPair().getPrivate().getEncoded())
                    + "\n-----END PRIVATE KEY-----\n";
        } catch (NoSuchAlgorithmException e) {
            throw new IOException("this Java has no RSA", e);
        }
    }
}
