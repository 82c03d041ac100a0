package dev.kakehashi.agent.status;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * Serves {@code /healthz}, {@code /readyz} and {@code /metrics}. Reads only; there is nothing that
 * a request could change. Its classes are loaded when it is wanted and not before.
 */
public final class HttpEndpoints implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(HttpEndpoints.class.getName());
    private static final String PLAIN = "text/plain; charset=utf-8";
    private static final int BACKLOG = 16;

    private final Supplier<AgentStatus> status;
    private final Map<InetSocketAddress, Set<String>> wanted = new LinkedHashMap<>();
    private final List<HttpServer> servers = new ArrayList<>();
    private final Set<InetSocketAddress> failed = new LinkedHashSet<>();
    private final ExecutorService threads;

    private HttpEndpoints(Supplier<AgentStatus> status) {
        this.status = status;
        this.threads =
                Executors.newSingleThreadExecutor(
                        Thread.ofPlatform().daemon().name("http").factory());
    }

    /**
     * Begins to listen, as far as that can be done now: a port that is taken is no reason for a
     * node to have no network. See {@link #retry}.
     *
     * @param status what there is to tell, now
     */
    public static HttpEndpoints start(HttpAddresses addresses, Supplier<AgentStatus> status) {
        HttpEndpoints endpoints = new HttpEndpoints(status);
        addresses.health().ifPresent(at -> endpoints.want(at, "/healthz", "/livez", "/readyz"));
        addresses.metrics().ifPresent(at -> endpoints.want(at, "/metrics"));
        endpoints.retry();
        return endpoints;
    }

    private void want(InetSocketAddress at, String... paths) {
        wanted.computeIfAbsent(at, _ -> new LinkedHashSet<>()).addAll(List.of(paths));
    }

    /** Tries again where it could not listen; does nothing where it does. */
    public synchronized void retry() {
        wanted.entrySet().removeIf(entry -> listen(entry.getKey(), entry.getValue()));
    }

    private boolean listen(InetSocketAddress at, Set<String> paths) {
        try {
            HttpServer server = HttpServer.create(at, BACKLOG);
            server.setExecutor(threads);
            server.createContext("/", this::serve);
            paths.forEach(path -> server.createContext(path, this::serve));
            server.start();
            servers.add(server);
            LOG.log(System.Logger.Level.INFO, "serves {0} at {1}", String.join(" ", paths), at);
            return true;
        } catch (IOException e) {
            if (failed.add(at)) {
                LOG.log(
                        System.Logger.Level.ERROR,
                        "cannot serve {0} at {1}: {2}; trying again. Is another agent or program"
                                + " using the port? ss -ltnp shows it; --health-address and"
                                + " --metrics-address choose another",
                        String.join(" ", paths),
                        at,
                        e.getMessage());
            }
            return false;
        }
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (!exchange.getRequestMethod().equals("GET")
                    && !exchange.getRequestMethod().equals("HEAD")) {
                exchange.getResponseHeaders().set("Allow", "GET, HEAD");
                send(exchange, 405, PLAIN, bytes("only GET\n"));
                return;
            }
            // The server looks for the beginning of a path only.
            String path = exchange.getRequestURI().getPath();
            if (!path.equals(exchange.getHttpContext().getPath()) || path.equals("/")) {
                send(exchange, 404, PLAIN, bytes("there is /healthz, /readyz and /metrics\n"));
                return;
            }
            answer(exchange, path);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a request for numbers failed by a defect", e);
            throw e;
        }
    }

    private void answer(HttpExchange exchange, String path) throws IOException {
        AgentStatus now = status.get();
        Health health = Health.of(now);
        if (path.equals("/metrics")) {
            String accept =
                    Optional.ofNullable(exchange.getRequestHeaders().getFirst("Accept")).orElse("");
            ByteArrayOutputStream text = new ByteArrayOutputStream(8192);
            Exposition.write(now, health, accept, text);
            send(exchange, 200, Exposition.contentType(accept), text.toByteArray());
            return;
        }
        boolean passed = path.equals("/readyz") ? health.ready() : health.alive();
        String text = health.text(path.substring(1), passed);
        send(exchange, passed ? 200 : 503, PLAIN, bytes(text));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void send(HttpExchange exchange, int code, String type, byte[] body)
            throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(code, head ? -1 : body.length);
        if (!head) {
            exchange.getResponseBody().write(body);
        }
    }

    /** Ends at once; a request that is being answered is cut off. */
    @Override
    public synchronized void close() {
        wanted.clear();
        servers.forEach(server -> server.stop(0));
        servers.clear();
        threads.shutdownNow();
    }
}
