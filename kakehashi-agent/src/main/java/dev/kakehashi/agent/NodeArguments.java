package dev.kakehashi.agent;

import dev.kakehashi.agent.node.FlannelOptions;
import dev.kakehashi.agent.node.NodeAgentOptions;
import dev.kakehashi.agent.node.WantedUnderlay;
import dev.kakehashi.cluster.store.StoreAddress;
import dev.kakehashi.linux.IpPrefix;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The part of the command line that makes the agent a node's. */
final class NodeArguments {
    private static final String DEFAULT_NETWORK = "default";

    private static final List<String> NAMES =
            List.of(
                    "--node",
                    "--store",
                    "--network",
                    "--network-cidrs",
                    "--underlay",
                    "--cni-conf-dir",
                    "--bird",
                    "--flannel-etcd",
                    "--flannel-subnet-file");

    private final Map<String, String> values = new HashMap<>();

    static boolean has(String option) {
        return NAMES.contains(option);
    }

    void put(String option, String value) {
        if (value.isEmpty()) {
            throw new IllegalArgumentException(option + " is empty");
        }
        values.put(option, value);
    }

    /**
     * What was said of the node, if anything.
     *
     * @throws IllegalArgumentException naming the option that is missing or out of place
     */
    Optional<NodeAgentOptions> options(AgentOptions.Mode mode, Path stateDirectory) {
        if (values.isEmpty() || mode == AgentOptions.Mode.HELP) {
            return Optional.empty();
        }
        if (mode != AgentOptions.Mode.RESIDENT) {
            throw new IllegalArgumentException(
                    values.keySet().iterator().next() + " is for an agent that stays");
        }
        return Optional.of(
                new NodeAgentOptions(
                        needed("--node"),
                        StoreAddress.parse(needed("--store")),
                        values.getOrDefault("--network", DEFAULT_NETWORK),
                        cidrs(values.getOrDefault("--network-cidrs", "")),
                        underlay(),
                        Optional.ofNullable(values.get("--cni-conf-dir")).map(Path::of),
                        stateDirectory,
                        values.getOrDefault("--bird", NodeAgentOptions.DEFAULT_BIRD),
                        flannel()));
    }

    private Optional<WantedUnderlay> underlay() {
        try {
            return Optional.ofNullable(values.get("--underlay")).map(WantedUnderlay::parse);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--underlay: " + e.getMessage(), e);
        }
    }

    private FlannelOptions flannel() {
        Optional<StoreAddress> etcd =
                Optional.ofNullable(values.get("--flannel-etcd")).map(FlannelOptions::etcd);
        Optional<Path> file =
                Optional.ofNullable(values.get("--flannel-subnet-file")).map(Path::of);
        return new FlannelOptions(
                etcd, file.or(() -> etcd.map(there -> FlannelOptions.DEFAULT_SUBNET_FILE)));
    }

    private static List<IpPrefix> cidrs(String text) {
        if (text.isEmpty()) {
            return List.of();
        }
        List<IpPrefix> cidrs = new ArrayList<>();
        for (String cidr : text.split(",", -1)) {
            try {
                cidrs.add(IpPrefix.parse(cidr.strip()));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("--network-cidrs: " + e.getMessage(), e);
            }
        }
        return cidrs;
    }

    private String needed(String option) {
        return Optional.ofNullable(values.get(option))
                .orElseThrow(() ->
                        new IllegalArgumentException(
                                values.keySet().iterator().next() + " needs " + option + " too"));
    }
}
