package dev.kakehashi.lab;

import dev.kakehashi.cluster.IpBlock;
import dev.kakehashi.cluster.IpBlockSpec;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.linux.IpPrefix;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Looks what a lab consists of now. */
record LabInventory(LabTopology topology, LabFiles files) {

    LabStatus status() throws IOException {
        Map<String, String> subnets = new HashMap<>();
        LabStore store = new LabStore(files.directory());
        for (Node node : store.nodes()) {
            subnets.put(node.name(), joined(node.podCidrs()));
        }
        if (spec().usesPools()) {
            store.blocks().stream()
                    .map(IpBlock::spec)
                    .collect(
                            Collectors.groupingBy(
                                    IpBlockSpec::node,
                                    Collectors.mapping(IpBlockSpec::cidr, Collectors.toList())))
                    .forEach((node, blocks) -> subnets.put(node, joined(blocks)));
        }
        List<LabStatus.Node> nodes = new ArrayList<>();
        for (LabNode node : topology.nodes()) {
            nodes.add(
                    new LabStatus.Node(
                            node.name(),
                            node.address(),
                            subnets.getOrDefault(node.name(), ""),
                            agent(node),
                            node.netns()));
        }
        List<LabStatus.Pod> pods =
                files.pods().stream()
                        .map(p -> new LabStatus.Pod(p.name(), p.node(), p.address()))
                        .toList();
        LabSpec spec = topology.spec();
        return new LabStatus(spec.name(), spec.carrier(), nodes, pods);
    }

    private static String joined(List<IpPrefix> prefixes) {
        return prefixes.stream().map(IpPrefix::toString).collect(Collectors.joining(","));
    }

    private String agent(LabNode node) throws IOException {
        return LabProcesses.find(spec().name(), node.name())
                .map(p -> "running (" + p.pid() + ")")
                .orElse("down");
    }

    private LabSpec spec() {
        return topology.spec();
    }
}
