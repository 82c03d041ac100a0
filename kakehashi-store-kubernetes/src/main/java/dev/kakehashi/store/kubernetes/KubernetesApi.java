package dev.kakehashi.store.kubernetes;

import dev.kakehashi.cluster.store.StoreException;
import dev.kakehashi.cluster.store.StoreStatus;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The API server: asked with a deadline, its failures in words, and how it stands kept in mind. TLS
 * and credentials are the client's.
 */
final class KubernetesApi implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int CONNECT_MILLIS = 3000;
    private static final int OK = 200;
    private static final int REDIRECTION = 300;

    /**
     * An answer.
     *
     * @param status HTTP status
     * @param body JSON
     */
    record Reply(int status, String body) {
        boolean isSuccess() {
            return status >= OK && status < REDIRECTION;
        }
    }

    private final String server;
    private final KubernetesClient client;
    private volatile boolean reachable = true;
    private volatile String lastError = "";
    private volatile long lastHeard = System.nanoTime();

    private KubernetesApi(String server, KubernetesClient client) {
        this.server = server;
        this.client = client;
    }

    /**
     * For a server that need not answer yet.
     *
     * @throws IllegalArgumentException when the kubeconfig cannot be used
     */
    static KubernetesApi open(KubernetesOptions options) {
        ConfigBuilder config =
                new ConfigBuilder(
                                options.kubeconfig()
                                        .map(KubernetesApi::kubeconfig)
                                        .orElseGet(Config::empty))
                        .withNamespace(options.namespace())
                        .withConnectionTimeout(CONNECT_MILLIS)
                        .withRequestTimeout((int) PATIENCE.toMillis())
                        // Whoever asks decides whether to ask again.
                        .withRequestRetryBackoffLimit(0)
                        // A watch goes on for as long as the server is away.
                        .withWatchReconnectLimit(-1);
        if (!options.server().isEmpty()) {
            config.withMasterUrl("https://" + options.server());
        }
        options.ca().ifPresent(file -> config.withCaCertFile(file.toString()));
        options.certificate().ifPresent(file -> config.withClientCertFile(file.toString()));
        options.key().ifPresent(file -> config.withClientKeyFile(file.toString()));
        options.tokenFile().ifPresent(file -> config.withOauthTokenProvider(() -> token(file)));
        return new KubernetesApi(
                "API server at "
                        + config.getMasterUrl()
                                .replaceFirst("^https?://", "")
                                .replaceFirst("/$", ""),
                new KubernetesClientBuilder()
                        .withConfig(config.build())
                        .withHttpClientFactory(new JdkHttpClientFactory())
                        .build());
    }

    private static Config kubeconfig(Path file) {
        if (!Files.isReadable(file)) {
            throw new IllegalArgumentException("cannot read the kubeconfig " + file);
        }
        return Config.fromKubeconfig(file.toFile());
    }

    /** Read each time: the kubelet replaces a pod's token every hour. */
    private static String token(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the token in " + file, e);
        }
    }

    KubernetesClient client() {
        return client;
    }

    /** Asks for a path. */
    Reply get(String what, String path) throws StoreException {
        return send(what, request(path).build());
    }

    /** Sends a body by a method. */
    Reply send(String what, String method, String path, String type, byte[] body)
            throws StoreException {
        String text = new String(body, StandardCharsets.UTF_8);
        return send(what, request(path).method(method, type, text).build());
    }

    private HttpRequest.Builder request(String path) {
        String root = client.getConfiguration().getMasterUrl();
        String base = root.endsWith("/") ? root.substring(0, root.length() - 1) : root;
        return client.getHttpClient()
                .newHttpRequestBuilder()
                .uri(base + path)
                .header("Accept", "application/json");
    }

    private Reply send(String what, HttpRequest request) throws StoreException {
        CompletableFuture<HttpResponse<byte[]>> asked =
                client.getHttpClient().sendAsync(request, byte[].class);
        try {
            HttpResponse<byte[]> response = asked.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            heard();
            byte[] body = response.body();
            return new Reply(
                    response.code(), body == null ? "" : new String(body, StandardCharsets.UTF_8));
        } catch (TimeoutException e) {
            asked.cancel(true);
            throw failed(what, "no answer within " + PATIENCE.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw failed(what, said(cause), cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException(server + ": interrupted while waiting to " + what, e);
        }
    }

    /** The server said something. */
    void heard() {
        lastHeard = System.nanoTime();
        reachable = true;
    }

    /** Notes that the server could not do something. */
    StoreException failed(String what, String why, Throwable cause) {
        String message = server + ": cannot " + what + ": " + why;
        reachable = false;
        lastError = message;
        return new StoreException(message, cause);
    }

    /** What an answer that is no success means (Kubernetes "Status" object). */
    StoreException refused(String what, Reply reply) {
        String message = StatusMessage.of(reply);
        lastError = server + ": cannot " + what + ": " + message;
        return new StoreException(lastError);
    }

    private static String said(Throwable failure) {
        StringBuilder text = new StringBuilder();
        for (Throwable t = failure; t != null; t = t.getCause()) {
            String message = t.getMessage();
            if (message != null && text.indexOf(message) < 0) {
                text.append(text.isEmpty() ? "" : ": ").append(message);
            }
        }
        return text.isEmpty() ? failure.getClass().getSimpleName() : text.toString();
    }

    StoreStatus status() {
        Duration lag = Duration.ofNanos(System.nanoTime() - lastHeard);
        return new StoreStatus(reachable, lastError, lag);
    }

    @Override
    public void close() {
        client.close();
    }

    @Override
    public String toString() {
        return server;
    }
}
