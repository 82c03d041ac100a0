package dev.kakehashi.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** An etcd server of our own, written to by its JSON gateway. */
final class EtcdNodes implements NodeStore {
    private static final String ENDPOINT = "127.0.0.1:2379";

    /** {@code --max-txn-ops}, 128 by default. */
    private static final int BATCH = 100;

    private static final int ATTEMPTS = 200;
    private static final int PAUSE_MILLIS = 50;

    private final Process server;
    private final HttpClient client = HttpClient.newHttpClient();

    private EtcdNodes(Process server) {
        this.server = server;
    }

    /**
     * Starts a server.
     *
     * @param etcd the program
     * @param data an empty directory
     */
    static EtcdNodes start(Path etcd, Path data) throws IOException {
        EtcdNodes nodes =
                new EtcdNodes(
                        Command.of(
                                        etcd.toString(),
                                        "--data-dir",
                                        data.toString(),
                                        "--unsafe-no-fsync")
                                .start());
        for (int attempt = 1; ; attempt++) {
            try {
                nodes.put(Map.of("ready", "{}"));
                return nodes;
            } catch (IOException e) {
                if (attempt == ATTEMPTS) {
                    nodes.close();
                    throw e;
                }
                Processes.pause(PAUSE_MILLIS);
            }
        }
    }

    @Override
    public String address() {
        return "etcd://" + ENDPOINT;
    }

    @Override
    public void put(Map<String, String> texts) throws IOException {
        List<String> puts = new ArrayList<>();
        for (Map.Entry<String, String> text : texts.entrySet()) {
            puts.add(
                    "{\"requestPut\": {\"key\": \"%s\", \"value\": \"%s\"}}"
                            .formatted(
                                    base64("/kakehashi/" + text.getKey()),
                                    base64(text.getValue())));
            if (puts.size() == BATCH) {
                send(puts);
                puts.clear();
            }
        }
        if (!puts.isEmpty()) {
            send(puts);
        }
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private void send(List<String> puts) throws IOException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://" + ENDPOINT + "/v3/kv/txn"))
                        .POST(
                                HttpRequest.BodyPublishers.ofString(
                                        "{\"success\": [" + String.join(", ", puts) + "]}"))
                        .build();
        try {
            HttpResponse<String> answer =
                    client.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IOException("etcd: " + answer.body());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** Ends the server; nobody answers any more. */
    void end() throws IOException {
        Processes.end(server);
    }

    @Override
    public void close() throws IOException {
        client.close();
        end();
    }
}
