package dev.kakehashi.cli;

import dev.kakehashi.cluster.Condition;
import dev.kakehashi.cluster.IpBlock;
import dev.kakehashi.cluster.IpBlockSpec;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.NodeAddress;
import dev.kakehashi.cluster.NodeAnnotations;
import dev.kakehashi.cluster.store.Rejected;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.linux.IpPrefix;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A node as it is shown.
 *
 * @param ready {@code yes}, {@code no}, or {@code unknown} when its agent has said nothing yet
 * @param message why it is not, or what its network is
 * @param created when it was first stored; the epoch when nobody wrote it down
 */
record NodeRow(
        String name,
        String ready,
        List<String> addresses,
        List<String> subnets,
        String carrier,
        String podMtu,
        String peers,
        String underlay,
        String version,
        Instant created,
        String message) {
    /** A node, and the blocks that it holds. */
    static NodeRow of(Node node, List<IpBlock> blocks) {
        Map<String, String> said = node.metadata().annotations();
        Optional<Condition> network = node.condition(Condition.NETWORK_UNAVAILABLE);
        List<String> subnets =
                new ArrayList<>(node.podCidrs().stream().map(IpPrefix::toString).toList());
        for (IpBlock block : blocks) {
            IpBlockSpec spec = block.spec();
            if (spec.node().equals(node.name()) && spec.state() != IpBlockSpec.State.PENDING) {
                subnets.add(spec.cidr().toString());
            }
        }
        return new NodeRow(
                node.name(),
                network.map(c ->
                                c.status().equals(Condition.FALSE)
                                        ? "yes"
                                        : c.status().equals(Condition.TRUE) ? "no" : "unknown")
                        .orElse("unknown"),
                addresses(node, said),
                subnets,
                said.getOrDefault(NodeAnnotations.CARRIER, ""),
                said.getOrDefault(NodeAnnotations.POD_MTU, ""),
                said.getOrDefault(NodeAnnotations.PEERS, ""),
                said.getOrDefault(NodeAnnotations.UNDERLAY_INTERFACE, ""),
                said.getOrDefault(NodeAnnotations.AGENT_VERSION, ""),
                node.metadata().created(),
                network.map(Condition::message).orElse("no agent has told of it yet"));
    }

    /** A node whose entry cannot be read. */
    static NodeRow broken(Rejected node) {
        return new NodeRow(
                node.name(),
                "no",
                List.of(),
                List.of(),
                "",
                "",
                "",
                "",
                "",
                Instant.EPOCH,
                "unusable: " + node.problems());
    }

    private static List<String> addresses(Node node, Map<String, String> said) {
        Set<String> addresses = new LinkedHashSet<>();
        for (String key :
                List.of(NodeAnnotations.FLANNEL_PUBLIC_IP, NodeAnnotations.FLANNEL_PUBLIC_IPV6)) {
            Optional.ofNullable(said.get(key)).ifPresent(addresses::add);
        }
        for (NodeAddress address : node.addresses()) {
            if (address.type().equals(NodeAddress.INTERNAL_IP)) {
                addresses.add(address.address());
            }
        }
        return List.copyOf(addresses);
    }

    boolean isReady() {
        return ready.equals("yes");
    }

    JsonObject json() {
        JsonObject.Builder json =
                JsonObject.builder()
                        .put("name", name)
                        .put("ready", ready)
                        .put("addresses", addresses)
                        .put("podSubnets", subnets)
                        .put("carrier", carrier)
                        .put("podMTU", podMtu)
                        .put("peers", peers)
                        .put("underlay", underlay)
                        .put("version", version);
        if (!created.equals(Instant.EPOCH)) {
            json.put("created", created.toString());
        }
        return json.put("message", message).build();
    }

    /** The table of some nodes. */
    static Table table(List<NodeRow> rows, OutputFormat format, Instant now) {
        boolean times = now.equals(Instant.EPOCH);
        List<String> heads =
                new ArrayList<>(
                        List.of(
                                "NAME",
                                "READY",
                                "ADDRESS",
                                "PODS",
                                "CARRIER",
                                times ? "CREATED" : "AGE",
                                "VERSION"));
        boolean wide = format == OutputFormat.WIDE;
        if (wide) {
            heads.addAll(List.of("MTU", "PEERS", "UNDERLAY", "MESSAGE"));
        }
        Table table = Table.of(heads);
        for (NodeRow row : rows) {
            Style style =
                    switch (row.ready) {
                        case "yes" -> Style.GOOD;
                        case "no" -> Style.BAD;
                        default -> Style.NOTABLE;
                    };
            List<Object> cells =
                    new ArrayList<>(
                            List.of(
                                    row.name,
                                    new Table.Cell(row.ready, style),
                                    String.join(",", row.addresses),
                                    String.join(",", row.subnets),
                                    row.carrier,
                                    row.age(now),
                                    row.version));
            if (wide) {
                cells.addAll(List.of(row.podMtu, row.peers, row.underlay, row.message));
            }
            table.row(cells.toArray());
        }
        return table;
    }

    /** As kubectl writes ages: two days are {@code 2d}, not {@code 49h}. */
    private String age(Instant now) {
        if (created.equals(Instant.EPOCH)) {
            return "";
        }
        if (now.equals(Instant.EPOCH)) {
            return created.toString();
        }
        Duration age = Duration.between(created, now);
        if (age.toMinutes() < 2) {
            return Math.max(0, age.toSeconds()) + "s";
        }
        if (age.toHours() < 2) {
            return age.toMinutes() + "m";
        }
        return age.toDays() < 2 ? age.toHours() + "h" : age.toDays() + "d";
    }
}
