package dev.kakehashi.bench;

import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * TCP between two pods: iperf3 for throughput, sockperf for request and response.
 *
 * <p>Both ends of the latter share a processor: an end on a processor of its own sleeps between two
 * requests, and waking a virtual processor takes several times as long as the way of a packet, and
 * now this long, now that. Where the scheduler puts them would then be what is measured.
 */
final class Traffic implements AutoCloseable {
    private static final String IPERF_PORT = "5201";
    private static final String SOCKPERF_PORT = "11111";
    private static final Pattern LATENCY = Pattern.compile("percentile 50\\.000 = +([0-9.]+)");
    private static final int ATTEMPTS = 50;

    private final PodPair pods;
    private final String processor;
    private final Deque<Process> servers = new ArrayDeque<>();

    private Traffic(PodPair pods, String processor) {
        this.pods = pods;
        this.processor = processor;
    }

    /** Starts the servers and waits until each answers. */
    static Traffic between(PodPair pods) throws IOException {
        Traffic traffic = new Traffic(pods, Machine.firstProcessor());
        try {
            traffic.servers.push(pods.server().with("iperf3", "-s", "-p", IPERF_PORT).start());
            traffic.servers.push(
                    pods.server()
                            .with(
                                    "taskset",
                                    "--cpu-list",
                                    traffic.processor,
                                    "sockperf",
                                    "server",
                                    "--tcp",
                                    "-i",
                                    pods.address(),
                                    "-p",
                                    SOCKPERF_PORT)
                            .start());
            traffic.awaitServers();
            return traffic;
        } catch (IOException | RuntimeException e) {
            traffic.close();
            throw e;
        }
    }

    private void awaitServers() throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                megabitsPerSecond("-t", "1");
                requestsPerSecond(1);
                return;
            } catch (IOException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
                Processes.pause(50);
            }
        }
    }

    /**
     * Received payload, one stream.
     *
     * @param option of iperf3: {@code -t} or {@code -n}
     * @param extent seconds or octets
     */
    double megabitsPerSecond(String option, String extent) throws IOException {
        String report =
                pods.client()
                        .with(
                                "iperf3",
                                "-c",
                                pods.address(),
                                "-p",
                                IPERF_PORT,
                                option,
                                extent,
                                "-J")
                        .run();
        try {
            return JsonParser.parseObject(report)
                    .object("end")
                    .flatMap(Traffic::received)
                    .flatMap(received -> received.find("bits_per_second"))
                    .map(number -> Double.parseDouble(number.toString()) / 1e6)
                    .orElseThrow(() -> new IOException("not a report of iperf3: " + report));
        } catch (JsonException e) {
            throw new IOException("not a report of iperf3: " + report, e);
        }
    }

    private static Optional<JsonObject> received(JsonObject end) {
        return end.find("sum_received")
                .flatMap(sum -> sum instanceof JsonObject o ? Optional.of(o) : Optional.empty());
    }

    /** 64 octets there and back, one after the other, as often as the median of them allows. */
    double requestsPerSecond(int seconds) throws IOException {
        String report =
                pods.client()
                        .with(
                                "taskset",
                                "--cpu-list",
                                processor,
                                "sockperf",
                                "ping-pong",
                                "--tcp",
                                "-i",
                                pods.address(),
                                "-p",
                                SOCKPERF_PORT,
                                "-m",
                                "64",
                                "-t",
                                Integer.toString(seconds))
                        .run();
        Matcher latency = LATENCY.matcher(report);
        if (!latency.find()) {
            throw new IOException("not a report of sockperf: " + report);
        }
        // What sockperf calls latency is half of the time there and back.
        return 1e6 / (2 * Double.parseDouble(latency.group(1)));
    }

    @Override
    public void close() throws IOException {
        while (!servers.isEmpty()) {
            Processes.end(servers.pop());
        }
    }
}
