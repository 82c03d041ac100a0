package dev.kakehashi.bench;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.Map;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A kube-apiserver of our own over an etcd, with our definitions; nothing else of Kubernetes. */
final class KubernetesNodes implements NodeStore {
    private static final int PORT = 6443;
    private static final String TOKEN = "admin-token";
    private static final int PATIENCE_SECONDS = 90;
    private static final int LOOK_MILLIS = 100;

    /** Nobody gives our own Node a subnet where there is no controller. */
    private static final String SELF =
            """
            {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "self"},
             "spec": {"podCIDR": "10.128.0.0/24", "podCIDRs": ["10.128.0.0/24"]}}
            """;

    private final Path directory;
    private final Deque<Process> processes = new ArrayDeque<>();
    private @Nullable HttpClient client;

    private KubernetesNodes(Path directory) {
        this.directory = directory;
    }

    /**
     * Starts the servers.
     *
     * @param etcd the program
     * @param programs the folder of Kubernetes' programs
     * @param home the folder of a build
     * @param directory an empty directory
     */
    static KubernetesNodes start(Path etcd, Path programs, Path home, Path directory)
            throws IOException {
        KubernetesNodes nodes = new KubernetesNodes(directory);
        boolean started = false;
        try {
            nodes.launch(
                    Command.of(
                            etcd.toString(),
                            "--data-dir",
                            directory.resolve("etcd").toString(),
                            "--unsafe-no-fsync"));
            nodes.launch(nodes.server(programs));
            nodes.await(
                    "kube-apiserver is ready",
                    () -> nodes.kubectl(programs, "get", "--raw", "/readyz").equals("ok"));
            var _ =
                    nodes.kubectl(
                            programs,
                            "apply",
                            "-f",
                            home.resolve("share/kakehashi-crds.yaml").toString());
            nodes.await(
                    "Networks are known",
                    () -> {
                        var _ = nodes.kubectl(programs, "get", "networks.kakehashi.dev");
                        return true;
                    });
            nodes.put(Map.of("nodes/self", SELF));
            started = true;
            return nodes;
        } finally {
            if (!started) {
                nodes.close();
            }
        }
    }

    private void launch(Command command) throws IOException {
        Path log = directory.resolve(Path.of(command.words().getFirst()).getFileName() + ".log");
        processes.push(
                new ProcessBuilder(command.words())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start());
    }

    private Command server(Path programs) throws IOException {
        String key = serviceAccountKey().toString();
        Path tokens =
                Files.writeString(
                        directory.resolve("tokens.csv"), TOKEN + ",admin,admin,system:masters\n");
        return Command.of(programs.resolve("kube-apiserver").toString())
                .with("--etcd-servers", "http://127.0.0.1:2379")
                .with("--service-cluster-ip-range", "10.96.0.0/16")
                .with("--service-account-key-file", key)
                .with("--service-account-signing-key-file", key)
                .with("--service-account-issuer", "https://kubernetes.default.svc")
                .with("--cert-dir", directory.resolve("certificates").toString())
                .with("--secure-port", Integer.toString(PORT))
                .with("--bind-address", "127.0.0.1")
                .with("--advertise-address", "127.0.0.1")
                .with("--token-auth-file", tokens.toString())
                .with("--authorization-mode", "RBAC")
                .with("--endpoint-reconciler-type", "none");
    }

    private Path serviceAccountKey() throws IOException {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            String body =
                    Base64.getMimeEncoder(64, new byte[] {'\n'})
                            .encodeToString(generator.generateKeyPair().getPrivate().getEncoded());
            return Files.writeString(
                    directory.resolve("service-accounts.key"),
                    "-----BEGIN PRIVATE KEY-----\n" + body + "\n-----END PRIVATE KEY-----\n");
        } catch (GeneralSecurityException e) {
            throw new IOException("no RSA key", e);
        }
    }

    private String kubectl(Path programs, String... words) throws IOException {
        return Command.of(programs.resolve("kubectl").toString())
                .with("--kubeconfig", "/dev/null")
                .with("--server", "https://127.0.0.1:" + PORT, "--insecure-skip-tls-verify")
                .with("--token", TOKEN, "--cache-dir", directory.resolve("cache").toString())
                .with(words)
                .run();
    }

    private void await(String what, NodeBed.Check check) throws IOException {
        long start = System.nanoTime();
        while (true) {
            try {
                if (check.holds()) {
                    return;
                }
            } catch (IOException e) {
                if (System.nanoTime() - start > PATIENCE_SECONDS * 1_000_000_000L
                        || !processes.stream().allMatch(Process::isAlive)) {
                    throw new IOException(what + ": not so, see " + directory, e);
                }
            }
            Processes.pause(LOOK_MILLIS);
        }
    }

    @Override
    public String address() {
        return "kubernetes://127.0.0.1:"
                + PORT
                + "?namespace=kube-system&ca="
                + certificate()
                + "&token-file="
                + directory.resolve("token");
    }

    private Path certificate() {
        return directory.resolve("certificates/apiserver.crt");
    }

    @Override
    public void put(Map<String, String> texts) throws IOException {
        Files.writeString(directory.resolve("token"), TOKEN);
        for (Map.Entry<String, String> text : texts.entrySet()) {
            String kind = text.getKey().substring(0, text.getKey().indexOf('/'));
            String group = kind.equals("nodes") ? "/api/v1/" : "/apis/kakehashi.dev/v1alpha1/";
            send("POST", group + kind, "application/json", text.getValue());
            if (kind.equals("ipblocks")) { // whose status is a resource of its own
                send(
                        "PATCH",
                        group + text.getKey() + "/status",
                        "application/merge-patch+json",
                        text.getValue());
            }
        }
    }

    private void send(String method, String path, String type, String body) throws IOException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + PORT + path))
                        .header("Authorization", "Bearer " + TOKEN)
                        .header("Content-Type", type)
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build();
        try {
            HttpResponse<String> answer =
                    client().send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() / 100 != 2) {
                throw new IOException("kube-apiserver: " + answer.body());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** One that trusts the certificate that the server made for itself. */
    private HttpClient client() throws IOException {
        if (client == null) {
            try (InputStream in = Files.newInputStream(certificate())) {
                KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
                trusted.load(null, null);
                int number = 0;
                for (Certificate one :
                        CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                    trusted.setCertificateEntry("server" + number++, one);
                }
                TrustManagerFactory factory =
                        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
                factory.init(trusted);
                SSLContext tls = SSLContext.getInstance("TLS");
                tls.init(null, factory.getTrustManagers(), null);
                client = HttpClient.newBuilder().sslContext(tls).build();
            } catch (GeneralSecurityException e) {
                throw new IOException("cannot trust " + certificate(), e);
            }
        }
        return client;
    }

    @Override
    public void close() throws IOException {
        if (client != null) {
            client.shutdownNow();
        }
        while (!processes.isEmpty()) {
            Process process = processes.pop();
            // kube-apiserver would drain its connections for a minute if it were asked to stop.
            process.destroyForcibly();
            var _ = Processes.await(process);
        }
    }
}
