package dev.kakehashi.cli;

import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.NetworkSpec;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.migration.NetworkMigration;
import dev.kakehashi.cluster.store.Listing;
import dev.kakehashi.cluster.store.Rejected;
import dev.kakehashi.cluster.store.Store;
import dev.kakehashi.cluster.store.Stored;
import dev.kakehashi.cni.json.JsonArray;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonValue;
import dev.kakehashi.linux.IpPrefix;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/** {@code kakehashi network list}. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = {
            "The networks of the store: carrier, where addresses come from, addresses, and whether",
            "nodes are on the way to another carrier.",
            "Exit status 1 when a Network cannot be used as it is written."
        })
final class NetworkListCommand implements Callable<Integer> {
    @Mixin StoreOption store = new StoreOption();
    @Mixin OutputOption output = new OutputOption();
    @Mixin WatchOption watch = new WatchOption();

    @Override
    public Integer call() throws Exception {
        try (Store opened = store.open()) {
            return watch.show(output.format, () -> view(opened));
        }
    }

    private static View view(Store store) throws Exception {
        Listing<Network> listing = store.list(Kind.NETWORK);
        return view(
                listing.objects().stream().map(Stored::object).toList(),
                listing.rejected(),
                NetworkNames.nodes(store));
    }

    /** The view of some networks. */
    static View view(List<Network> networks, List<Rejected> rejected, Collection<Node> nodes) {
        return new View(
                JsonObject.builder()
                        .put(
                                "networks",
                                JsonArray.of(
                                        networks.stream()
                                                .map(network -> json(network, nodes))
                                                .toArray(JsonValue[]::new)))
                        .put(
                                "unusable",
                                JsonArray.of(
                                        rejected.stream()
                                                .map(NetworkListCommand::json)
                                                .toArray(JsonValue[]::new)))
                        .build(),
                (format, out) ->
                        table(networks, rejected, nodes, format == OutputFormat.WIDE).print(out),
                rejected.isEmpty() ? 0 : 1);
    }

    private static Table table(
            List<Network> networks, List<Rejected> rejected, Collection<Node> nodes, boolean wide) {
        List<String> heads =
                new ArrayList<>(List.of("NAME", "CARRIER", "MODE", "PODS", "MIGRATION"));
        if (wide) {
            heads.addAll(List.of("NODES", "PODLINK", "DATAPLANE", "MTU", "FORMER"));
        }
        Table table = Table.of(heads);
        for (Network network : networks) {
            NetworkSpec spec = network.spec();
            NetworkMigration migration = NetworkNames.migration(network, nodes);
            List<Object> cells =
                    new ArrayList<>(
                            List.of(
                                    network.name(),
                                    spec.carrier(),
                                    spec.ipam().type(),
                                    cidrs(spec),
                                    new Table.Cell(
                                            migration.summary(),
                                            migration.isDone() ? Style.GOOD : Style.NOTABLE)));
            if (wide) {
                cells.addAll(
                        List.of(
                                migration.steps().size(),
                                spec.podLink(),
                                spec.dataplane(),
                                spec.mtu() == 0 ? "found" : spec.mtu(),
                                former(network)));
            }
            table.row(cells.toArray());
        }
        for (Rejected broken : rejected) {
            List<Object> cells =
                    new ArrayList<>(List.of(broken.name(), "", "", "", unusable(broken)));
            heads.subList(cells.size(), heads.size()).forEach(_ -> cells.add(""));
            table.row(cells.toArray());
        }
        return table;
    }

    private static Table.Cell unusable(Rejected broken) {
        return new Table.Cell("unusable: " + broken.problems(), Style.BAD);
    }

    private static String cidrs(NetworkSpec spec) {
        return spec.cidrs().stream().map(IpPrefix::toString).collect(Collectors.joining(","));
    }

    private static String former(Network network) {
        return network.metadata().annotations().getOrDefault(Network.FORMER_CARRIER, "");
    }

    /** A network and how far it is, without its nodes. */
    static JsonObject json(Network network, Collection<Node> nodes) {
        NetworkSpec spec = network.spec();
        NetworkMigration migration = NetworkNames.migration(network, nodes);
        return JsonObject.builder()
                .put("name", network.name())
                .put("carrier", spec.carrier().toString())
                .put("formerCarrier", former(network))
                .put("mode", spec.ipam().type().toString())
                .put("cidrs", spec.cidrs().stream().map(IpPrefix::toString).toList())
                .put("podLink", spec.podLink().toString())
                .put("dataplane", spec.dataplane().toString())
                .put("mtu", spec.mtu())
                .put(
                        "migration",
                        JsonObject.builder()
                                .put("done", migration.isDone())
                                .put("waysTurned", migration.turned())
                                .put("ways", migration.ways())
                                .put("nodesSettled", migration.settled())
                                .put("nodes", migration.steps().size())
                                .build())
                .build();
    }

    private static JsonObject json(Rejected broken) {
        return JsonObject.builder()
                .put("name", broken.name())
                .put("problems", broken.problems().stream().map(Object::toString).toList())
                .build();
    }
}
