package dev.kakehashi.store.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A real kube-apiserver with its etcd, on loopback, that knows our kinds of objects; nothing else
 * of Kubernetes. Registered as an extension, it serves all tests of a class.
 */
public final class ApiServer implements BeforeAllCallback, AfterAllCallback, AutoCloseable {
    private static final Path PEERS = Path.of(System.getProperty("kakehashi.peers", ""));
    private static final Path ETCD = PEERS.resolve("etcd/usr/bin/etcd");
    private static final Path BINARIES = PEERS.resolve("kubernetes");

    /** Of an account that may do everything. */
    private static final String ADMIN_TOKEN = "admin-token";

    /** The virtual machine of scripts/vm is ten times slower. */
    private static final long LIMIT_SECONDS = System.getenv("KAKEHASHI_VM") == null ? 90 : 600;

    private final Supplier<Path> where;

    @SuppressWarnings("NullAway.Init") // by up()
    private Path directory;

    private int port;
    private List<String> arguments = List.of();

    @SuppressWarnings("NullAway.Init") // by up()
    private Process etcd;

    @SuppressWarnings("NullAway.Init") // by up()
    private Process server;

    /**
     * One of a class of tests.
     *
     * @param where its files are to be; asked before the first test
     */
    public ApiServer(Supplier<Path> where) {
        this.where = where;
    }

    /** Starts one of a test that closes it itself, with its files in a directory. */
    public static ApiServer start(Path directory) throws Exception {
        ApiServer started = new ApiServer(() -> directory);
        started.up();
        return started;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        up();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (server != null) { // else its programs are missing
            close();
        }
    }

    private void up() throws Exception {
        Assumptions.assumeTrue(
                Files.isExecutable(BINARIES.resolve("kube-apiserver")) && Files.isExecutable(ETCD),
                "no kube-apiserver or no etcd in " + PEERS + ": scripts/peers/setup.sh");
        directory = where.get();
        String client = "http://127.0.0.1:" + freePort();
        String peer = "http://127.0.0.1:" + freePort();
        etcd =
                launch(
                        directory,
                        "etcd",
                        List.of(
                                ETCD.toString(),
                                "--name",
                                "test",
                                "--unsafe-no-fsync",
                                "--data-dir",
                                directory.resolve("etcd-data").toString(),
                                "--listen-client-urls",
                                client,
                                "--advertise-client-urls",
                                client,
                                "--listen-peer-urls",
                                peer,
                                "--initial-advertise-peer-urls",
                                peer,
                                "--initial-cluster",
                                "test=" + peer));
        port = freePort();
        Path key = serviceAccountKey(directory);
        Path tokens = directory.resolve("tokens.csv");
        Files.writeString(
                tokens,
                ADMIN_TOKEN + ",admin,admin,system:masters\nagent-token,agent,agent,agents\n");
        arguments = new ArrayList<>();
        arguments.add(BINARIES.resolve("kube-apiserver").toString());
        arguments.addAll(
                List.of(
                        "--etcd-servers",
                        client,
                        "--service-cluster-ip-range",
                        "10.96.0.0/16",
                        "--service-account-key-file",
                        key.toString(),
                        "--service-account-signing-key-file",
                        key.toString(),
                        "--service-account-issuer",
                        "https://kubernetes.default.svc",
                        "--cert-dir",
                        directory.resolve("certificates").toString(),
                        "--secure-port",
                        String.valueOf(port),
                        "--bind-address",
                        "127.0.0.1",
                        "--advertise-address",
                        "127.0.0.1",
                        "--token-auth-file",
                        tokens.toString(),
                        "--authorization-mode",
                        "RBAC",
                        "--endpoint-reconciler-type",
                        "none"));
        restart();
        defineOurKinds();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static Process launch(Path directory, String name, List<String> arguments)
            throws IOException {
        return new ProcessBuilder(arguments)
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(directory.resolve(name + ".log").toFile()))
                .start();
    }

    private static Path serviceAccountKey(Path directory) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair pair = generator.generateKeyPair();
        String body =
                Base64.getMimeEncoder(64, new byte[] {'\n'})
                        .encodeToString(pair.getPrivate().getEncoded());
        return Files.writeString(
                directory.resolve("service-accounts.key"),
                "-----BEGIN PRIVATE KEY-----\n" + body + "\n-----END PRIVATE KEY-----\n");
    }

    private void awaitReady() throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        while (!kubectl("get", "--raw", "/readyz").output().equals("ok")) {
            assertThat(server.isAlive()).as("kube-apiserver: " + log()).isTrue();
            assertThat(System.nanoTime()).as("kube-apiserver is ready").isLessThan(deadline);
            Thread.sleep(100);
        }
    }

    private String log() throws IOException {
        List<String> lines = Files.readAllLines(directory.resolve("apiserver.log"));
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 5), lines.size()));
    }

    private void defineOurKinds() throws Exception {
        Path crds = Files.writeString(directory.resolve("crds.yaml"), CustomResources.yaml());
        control("apply", "-f", crds.toString());
        control(
                "wait",
                "--for=condition=Established",
                "crd",
                "--all",
                "--timeout=" + LIMIT_SECONDS + "s");
    }

    /** Where it listens on loopback. */
    public int port() {
        return port;
    }

    /** A kubeconfig of the administrator's, for who reaches it by another port of loopback. */
    public String kubeconfig(int reachedBy) {
        return """
        apiVersion: v1
        kind: Config
        clusters:
        - {name: test, cluster: {server: 'https://127.0.0.1:%d', insecure-skip-tls-verify: true}}
        users:
        - {name: admin, user: {token: %s}}
        contexts:
        - {name: test, context: {cluster: test, user: admin}}
        current-context: test
        """
                .formatted(reachedBy, ADMIN_TOKEN);
    }

    /** The address of the store in it, as the administrator. */
    public String address() throws IOException {
        return address(ADMIN_TOKEN);
    }

    String address(String token) throws IOException {
        Path file = Files.writeString(directory.resolve(token), token);
        return "kubernetes://127.0.0.1:"
                + port
                + "?namespace=kube-system&ca="
                + directory.resolve("certificates/apiserver.crt")
                + "&token-file="
                + file;
    }

    /**
     * What a command said.
     *
     * @param status of its exit
     * @param output standard output and error
     */
    public record Said(int status, String output) {}

    /** Runs kubectl as the administrator. */
    public Said kubectl(String... command) throws Exception {
        List<String> line = new ArrayList<>();
        line.add(BINARIES.resolve("kubectl").toString());
        line.addAll(
                List.of(
                        "--server",
                        "https://127.0.0.1:" + port,
                        "--insecure-skip-tls-verify",
                        "--token",
                        ADMIN_TOKEN,
                        "--cache-dir",
                        directory.resolve("cache") + ""));
        line.addAll(List.of(command));
        ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
        builder.environment().put("KUBECONFIG", "/dev/null");
        Process kubectl = builder.start();
        String output = new String(kubectl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Said(kubectl.waitFor(), output);
    }

    /** Runs kubectl, which must succeed. */
    public String control(String... command) throws Exception {
        Said said = kubectl(command);
        assertThat(said.status()).as(said.output()).isZero();
        return said.output();
    }

    /** It would drain its connections for a minute if it were asked to stop. */
    public void kill() {
        server.destroyForcibly().onExit().join();
    }

    /** Starts it again, after {@link #kill}, and waits until it is ready. */
    void restart() throws Exception {
        server = launch(directory, "apiserver", arguments);
        awaitReady();
    }

    @Override
    public void close() {
        kill();
        etcd.destroyForcibly().onExit().join();
    }
}
