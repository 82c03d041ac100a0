package dev.kakehashi.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.agent.status.ScrapedText;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What monitors and people see of a real agent that keeps a node. */
@KernelTest
class AgentEndpointsTest {
    @TempDir Path directory;
    @RegisterExtension final AgentBed bed = new AgentBed(() -> directory);

    @BeforeEach
    void connect() throws IOException {
        TestNamespaces.run(
                bed.host(),
                "sh",
                "-ec",
                "ip link add eth0 type veth peer name eth1; ip link set eth0 up; ip link set eth1"
                        + " up; ip addr add 192.0.2.1/24 dev eth0; ip route add default via"
                        + " 192.0.2.254");
    }

    private Path store() {
        return directory.resolve("store");
    }

    private void network() throws IOException {
        Files.createDirectories(store().resolve("networks"));
        Path fresh =
                Files.writeString(
                        store().resolve("networks/.new"),
                        """
                        apiVersion: kakehashi.dev/v1alpha1
                        kind: Network
                        metadata: {name: pods}
                        spec: {cidrs: [10.244.0.0/16], carrier: vxlan}
                        """);
        Files.move(fresh, store().resolve("networks/pods.yaml"));
    }

    private void start(String... more) throws Exception {
        String[] usual = {
            "--node",
            "node-1",
            "--network",
            "pods",
            "--store",
            store().toString(),
            "--health-address",
            "127.0.0.1:9476",
            "--metrics-address",
            "127.0.0.1:9475"
        };
        String[] all = Arrays.copyOf(usual, usual.length + more.length);
        System.arraycopy(more, 0, all, usual.length, more.length);
        Files.createDirectories(store());
        bed.startAgent(all);
    }

    /** The whole answer; empty when nobody listens. */
    private String get(int port, String path) throws IOException {
        return bed.host()
                .<String, IOException>call(() -> {
                    try (Socket socket = new Socket()) {
                        socket.connect(
                                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port),
                                1000);
                        socket.setSoTimeout(10_000);
                        String request =
                                "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
                        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
                        return new String(
                                socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                    } catch (java.net.ConnectException e) {
                        return "";
                    }
                });
    }

    private ScrapedText metrics() throws IOException {
        String answer = get(9475, "/metrics");
        assertThat(answer).startsWith("HTTP/1.1 200 ");
        return ScrapedText.parse(answer.substring(answer.indexOf("\r\n\r\n") + 4));
    }

    private interface Check {
        boolean holds() throws Exception;
    }

    private void await(String what, Check check) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!check.holds()) {
            assertThat(System.nanoTime()).as("%s\n%s", what, bed.log()).isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private void awaitReady() throws Exception {
        await("ready", () -> get(9476, "/readyz").startsWith("HTTP/1.1 200 "));
    }

    @Test
    void readiness_beginsWithTheFirstConvergence_andOutlivesTheStore() throws Exception {
        start();
        await("an answer", () -> !get(9476, "/readyz").isEmpty());
        await(
                "the reason",
                () ->
                        get(9476, "/readyz")
                                .contains("[-]converged failed: waiting for Network pods"));
        assertThat(get(9476, "/readyz")).startsWith("HTTP/1.1 503 ");
        assertThat(get(9476, "/healthz")).startsWith("HTTP/1.1 200 ");

        network();
        awaitReady();

        Files.move(store(), directory.resolve("gone"));
        await("the store's loss is told", () -> get(9476, "/readyz").contains("[!]store: "));
        assertThat(get(9476, "/readyz")).startsWith("HTTP/1.1 200 ");
        assertThat(get(9476, "/healthz")).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void numbers_tellOfHealsAndCalls(TestNamespaces namespaces) throws Exception {
        network();
        start();
        awaitReady();
        ScrapedText before = metrics();
        assertThat(before.value("kakehashi_attachments", "network", "pods")).isZero();

        TestNamespaces.run(bed.host(), "ip", "link", "del", "flannel.1");
        await("the heal", () -> metrics().has("kakehashi_heals_total", "kind", "link"));
        Netns container = bed.container();
        bed.add("c1", container).succeeded();
        bed.call("bridge", "ADD", "c2", "/nowhere", bed.bridge()).failed(8);

        ScrapedText after = metrics();
        String[] added = {"command", "ADD", "plugin", "bridge", "result", "success"};
        assertThat(after.value("kakehashi_cni_call_duration_seconds_count", added)).isEqualTo(1);
        assertThat(after.value("kakehashi_cni_call_duration_seconds_sum", added))
                .isBetween(0.0001, 30.0);
        assertThat(after.value("kakehashi_attachments", "network", "net")).isEqualTo(1);
        assertThat(after.value("kakehashi_cni_calls_in_progress")).isZero();
        assertThat(
                        after.value(
                                "kakehashi_cni_call_duration_seconds_count",
                                "command",
                                "ADD",
                                "plugin",
                                "bridge",
                                "result",
                                "error"))
                .isEqualTo(1);
        bed.del("c1", container).succeeded();
    }

    @Test
    void theSocket_tellsTheSame_andRefusesWhatItDoesNotKnow() throws Exception {
        network();
        start("--log-format", "json");
        awaitReady();
        JsonObject status = (JsonObject) JsonParser.parse(AttachClient.ask(bed.socket(), "status"));
        assertThat(status.bool("ready", false)).isTrue();
        assertThat(status.object("node").orElseThrow().string("carrier", "")).isEqualTo("vxlan");
        assertThat(AttachClient.ask(bed.socket(), "routes")).isEqualTo("{\"routes\":[]}");
        assertThatThrownBy(() -> AttachClient.ask(bed.socket(), "secrets"))
                .hasMessageContaining("this agent knows nothing of secrets");
        for (String line : bed.log().lines().toList()) {
            JsonObject event = (JsonObject) JsonParser.parse(line);
            assertThat(List.of("INFO", "WARNING")).contains(event.string("level", ""));
            assertThat(event.string("node", "")).isEqualTo("node-1");
        }
    }

    @Test
    void wrongPathsAndMethods_areToldSo() throws Exception {
        network();
        start();
        awaitReady();
        assertThat(get(9475, "/")).startsWith("HTTP/1.1 404 ");
        assertThat(get(9475, "/metricsx")).startsWith("HTTP/1.1 404 ");
        assertThat(get(9475, "/readyz")).startsWith("HTTP/1.1 404 ");
        assertThat(get(9476, "/metrics")).startsWith("HTTP/1.1 404 ");
    }
}
