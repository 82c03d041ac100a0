package dev.kakehashi.lab;

import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.store.DirectoryStore;
import dev.kakehashi.cluster.store.Stored;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** The cluster's intent as a user would write it: YAML files in the directory store. */
record LabStore(LabDirectory directory) {

    /** Writes the Network that the lab's pods are on, or changes its carrier. */
    void writeNetwork(LabSpec spec) throws IOException {
        Path folder = directory.store().resolve("networks");
        Files.createDirectories(folder);
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
                        .formatted(LabAgents.NETWORK, LabTopology.POD_CIDR, spec.carrier()));
        Files.move(fresh, network(), StandardCopyOption.ATOMIC_MOVE);
    }

    /** The Network's file. */
    Path network() {
        return directory.store().resolve("networks").resolve(LabAgents.NETWORK + ".yaml");
    }

    /** The Nodes that have registered. */
    List<Node> nodes() throws IOException {
        try (DirectoryStore store = DirectoryStore.open(directory.store())) {
            return store.list(Kind.NODE).objects().stream().map(Stored::object).toList();
        }
    }
}
