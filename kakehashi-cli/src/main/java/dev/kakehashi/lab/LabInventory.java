package dev.kakehashi.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Looks what a lab consists of now. */
record LabInventory(LabTopology topology, LabFiles files) {

    LabStatus status() throws IOException {
        List<LabStatus.Node> nodes = new ArrayList<>();
        for (LabNode node : topology.nodes()) {
            nodes.add(
                    new LabStatus.Node(
                            node.name(), node.address(), podCidr(node), agent(node), node.netns()));
        }
        List<LabStatus.Pod> pods =
                files.pods().stream()
                        .map(p -> new LabStatus.Pod(p.name(), p.node(), p.address()))
                        .toList();
        LabSpec spec = topology.spec();
        return new LabStatus(spec.name(), spec.carrier(), nodes, pods);
    }

    private String agent(LabNode node) throws IOException {
        return LabProcesses.find(spec().name(), node.name())
                .map(p -> "running (" + p.pid() + ")")
                .orElse("down");
    }

    private LabSpec spec() {
        return topology.spec();
    }

    /** As the node's own object in the store says. */
    private String podCidr(LabNode node) throws IOException {
        Path file = files.directory().store().resolve("nodes").resolve(node.name() + ".yaml");
        if (!Files.exists(file)) {
            return "";
        }
        for (String line : Files.readAllLines(file)) {
            String text = line.strip();
            if (text.startsWith("podCIDR:")) {
                return text.substring("podCIDR:".length()).strip().replace("\"", "");
            }
        }
        return "";
    }
}
