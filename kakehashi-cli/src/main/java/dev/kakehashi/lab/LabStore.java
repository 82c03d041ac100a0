package dev.kakehashi.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The cluster's intent as a user would write it: YAML files in the directory store. */
record LabStore(LabDirectory directory) {

    /** Writes the Network that the lab's pods are on, or changes its carrier. */
    void writeNetwork(String carrier) throws IOException {
        Path folder = directory.store().resolve("networks");
        Files.createDirectories(folder);
        Path file = folder.resolve(LabAgents.NETWORK + ".yaml");
        Path fresh = folder.resolve("." + LabAgents.NETWORK + ".new");
        Files.writeString(
                fresh,
                """
                apiVersion: kakehashi.dev/v1alpha1
                kind: Network
                metadata:
                  name: %s
                spec:
                  cidrs:
                    - %s
                  carrier: %s
                """
                        .formatted(LabAgents.NETWORK, LabTopology.POD_CIDR, carrier));
        Files.move(fresh, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    }
}
