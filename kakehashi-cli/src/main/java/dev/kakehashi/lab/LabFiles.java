package dev.kakehashi.lab;

import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Reads and writes the files of a {@link LabDirectory}. */
record LabFiles(LabDirectory directory) {

    void writeSpec(LabSpec spec) throws IOException {
        Files.createDirectories(directory.path());
        JsonObject json =
                JsonObject.builder()
                        .put("name", spec.name())
                        .put("nodes", spec.nodes())
                        .put("podsPerNode", spec.podsPerNode())
                        .put("carrier", spec.carrier())
                        .put("segments", spec.segments())
                        .put("ipam", spec.ipam())
                        .put("podLink", spec.podLink())
                        .put("ipFamily", spec.ipFamily())
                        .build();
        Files.writeString(directory.spec(), json.toString());
    }

    /**
     * @throws IOException saying how to get rid of the lab when the file is damaged or missing
     */
    LabSpec readSpec() throws IOException {
        JsonObject json = read(directory.spec());
        try {
            return new LabSpec(
                    json.string("name", ""),
                    json.integer("nodes", 0),
                    json.integer("podsPerNode", 0),
                    json.string("carrier", ""),
                    json.integer("segments", 0),
                    json.string("ipam", ""),
                    json.string("podLink", ""),
                    json.string("ipFamily", "ipv4"));
        } catch (JsonException | IllegalArgumentException e) {
            throw damaged(directory.spec(), e);
        }
    }

    void writePod(LabPod pod) throws IOException {
        Files.createDirectories(directory.pods());
        Files.writeString(directory.pod(pod.name()), pod.toJson().toString());
    }

    void deletePod(LabPod pod) throws IOException {
        Files.deleteIfExists(directory.pod(pod.name()));
    }

    /** All pods, by name in the order they were numbered. */
    List<LabPod> pods() throws IOException {
        if (!Files.isDirectory(directory.pods())) {
            return List.of();
        }
        List<LabPod> pods = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory.pods())) {
            for (Path file : files.toList()) {
                try {
                    pods.add(LabPod.fromJson(read(file)));
                } catch (JsonException e) {
                    throw damaged(file, e);
                }
            }
        }
        pods.sort(
                Comparator.comparingInt((LabPod pod) -> pod.name().length())
                        .thenComparing(LabPod::name));
        return pods;
    }

    private JsonObject read(Path file) throws IOException {
        try {
            return JsonParser.parseObject(Files.readAllBytes(file));
        } catch (JsonException | IOException e) {
            throw damaged(file, e);
        }
    }

    private IOException damaged(Path file, Exception cause) {
        return new IOException(
                "cannot read "
                        + file
                        + ": "
                        + cause.getMessage()
                        + "; remove the lab with: kakehashi lab down --name "
                        + directory.lab(),
                cause);
    }
}
