package dev.kakehashi.agent.status;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;

class HttpEndpointsTest {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

    private static HttpResponse<String> ask(InetSocketAddress at, String method, String path)
            throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + at.getPort() + path))
                            .method(method, HttpRequest.BodyPublishers.noBody())
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    private static HttpAddresses both(InetSocketAddress at) {
        return new HttpAddresses(Optional.of(at), Optional.of(at));
    }

    @Test
    void onePlace_servesAll_alsoAfterItWasTaken() throws Exception {
        InetSocketAddress at;
        HttpEndpoints endpoints;
        try (ServerSocket squatter = new ServerSocket(0, 1, LOOPBACK)) {
            at = new InetSocketAddress(LOOPBACK, squatter.getLocalPort());
            endpoints = HttpEndpoints.start(both(at), () -> Statuses.agent(Statuses.node()));
        }
        try (endpoints) {
            endpoints.retry();
            HttpResponse<String> metrics = ask(at, "GET", "/metrics");
            assertThat(metrics.statusCode()).isEqualTo(200);
            assertThat(metrics.headers().firstValue("Content-Type"))
                    .hasValueSatisfying(
                            type -> assertThat(type).startsWith("text/plain; version=0.0.4"));
            assertThat(ScrapedText.parse(metrics.body()).value("kakehashi_ready")).isEqualTo(1);
            assertThat(ask(at, "GET", "/readyz").body()).endsWith("readyz check passed\n");
            assertThat(ask(at, "GET", "/livez").statusCode()).isEqualTo(200);
            assertThat(ask(at, "HEAD", "/healthz").statusCode()).isEqualTo(200);
            assertThat(ask(at, "POST", "/metrics").statusCode()).isEqualTo(405);
            assertThat(ask(at, "GET", "/metrics/x").statusCode()).isEqualTo(404);
        }
        try (ServerSocket free = new ServerSocket()) {
            free.setReuseAddress(true);
            free.bind(at); // what was served is given back
        } catch (IOException e) {
            throw new AssertionError("the port is still taken", e);
        }
    }

    @Test
    void whatIsUnwell_isServedWithStatus503() throws Exception {
        InetSocketAddress at;
        try (ServerSocket free = new ServerSocket(0, 1, LOOPBACK)) {
            at = new InetSocketAddress(LOOPBACK, free.getLocalPort());
        }
        NodeStatus node = Statuses.node(Statuses.converged(), Statuses.reachable(), "EBUSY");
        try (HttpEndpoints _ = HttpEndpoints.start(both(at), () -> Statuses.agent(node))) {
            assertThat(ask(at, "GET", "/readyz").statusCode()).isEqualTo(503);
            assertThat(ask(at, "GET", "/healthz").statusCode()).isEqualTo(200);
        }
    }
}
