package dev.kakehashi.cli;

import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.Tree;
import dev.kakehashi.cluster.carrier.Way;
import dev.kakehashi.cluster.migration.CarrierObstacles;
import dev.kakehashi.cluster.migration.NetworkMigration;
import dev.kakehashi.cluster.migration.NodeCarriers;
import dev.kakehashi.cluster.migration.Sending;
import dev.kakehashi.cluster.store.Store;
import dev.kakehashi.cluster.yaml.YamlText;
import dev.kakehashi.cni.json.JsonArray;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonValue;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code kakehashi network show}. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        description = {
            "A network, and by which carriers each node can be sent to and sends; with -o wide each",
            "way from one node to another.",
            "Exit status 0 when every node has the network's carrier and no other, else 1."
        })
final class NetworkShowCommand implements Callable<Integer> {
    @Parameters(paramLabel = "NAME", description = "Name of the Network.")
    String name = "";

    @Mixin StoreOption store = new StoreOption();
    @Mixin OutputOption output = new OutputOption();
    @Mixin WatchOption watch = new WatchOption();

    @Override
    public Integer call() throws Exception {
        try (Store opened = store.open()) {
            return watch.show(
                    output.format,
                    () ->
                            view(
                                    NetworkNames.find(opened, name).object(),
                                    NetworkNames.nodes(opened)));
        }
    }

    /** The view of a network and its nodes. */
    static View view(Network network, Collection<Node> nodes) {
        NetworkMigration migration = NetworkNames.migration(network, nodes);
        return new View(
                json(network, migration, nodes),
                (format, out) -> print(network, migration, nodes, format, out),
                migration.isDone() ? 0 : 1);
    }

    private static void print(
            Network network,
            NetworkMigration migration,
            Collection<Node> nodes,
            OutputFormat format,
            PrintStream out) {
        out.println(Style.STRONG.of("Network     ") + network.name() + ", " + migration.summary());
        YamlText.write(spec(network))
                .lines()
                .forEach(line -> out.println(Style.FAINT.of("  " + line)));
        out.println();
        Table table = Table.of("NODE", "PHASE", "RECEIVES", "SENDS", "TURNED", "MESSAGE");
        int others = migration.steps().size() - 1;
        for (NetworkMigration.Step step : migration.steps()) {
            table.row(
                    step.node(),
                    new Table.Cell(
                            step.phase().word(), step.isSettled() ? Style.GOOD : Style.NOTABLE),
                    step.said().map(said -> names(said.receives())).orElse("unknown"),
                    step.said().map(said -> text(said.usual())).orElse("unknown"),
                    step.turned() + "/" + others,
                    message(step));
        }
        table.print(out);
        if (format == OutputFormat.WIDE) {
            out.println();
            ways(migration).print(out);
        }
        for (Node node : nodes) {
            CarrierObstacles.of(node)
                    .forEach((carrier, why) ->
                            out.println(node.name() + " cannot have " + carrier + ": " + why));
        }
    }

    /** What it is to be, as it is written in the store. */
    private static Tree spec(Network network) {
        Object spec = Kind.NETWORK.encode(network).fields().get("spec");
        return new Tree(spec == null ? Map.of() : Map.of("spec", spec));
    }

    /** Each way that is not turned to the wanted carrier first, then those that are. */
    private static Table ways(NetworkMigration migration) {
        Table table = Table.of("FROM", "TO", "BY", "TURNING TO");
        for (boolean turned : new boolean[] {false, true}) {
            for (NetworkMigration.Step step : migration.steps()) {
                for (NetworkMigration.Step other : migration.steps()) {
                    if (step.equals(other) || step.said().isEmpty()) {
                        continue;
                    }
                    Sending way = step.said().get().to(other.node());
                    if (way.equals(Sending.by(migration.wanted())) == turned) {
                        table.row(
                                step.node(),
                                other.node(),
                                way.now(),
                                way.next().map(Way::toString).orElse(""));
                    }
                }
            }
        }
        return table;
    }

    private static String message(NetworkMigration.Step step) {
        return Stream.of(step.message(), step.trouble())
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining("; "));
    }

    private static String names(Collection<Way> carriers) {
        return carriers.stream().map(Way::toString).collect(Collectors.joining(","));
    }

    private static String text(Sending sending) {
        return sending.next()
                .map(next -> sending.now() + ">" + next)
                .orElse(sending.now().toString());
    }

    private static JsonObject json(
            Network network, NetworkMigration migration, Collection<Node> nodes) {
        List<JsonValue> steps = new ArrayList<>();
        for (NetworkMigration.Step step : migration.steps()) {
            JsonObject.Builder json =
                    JsonObject.builder()
                            .put("name", step.node())
                            .put("phase", step.phase().word())
                            .put("waysTurned", step.turned());
            step.said().ifPresent(said -> carriers(json, said));
            steps.add(
                    json.putUnlessEmpty("message", step.message())
                            .putUnlessEmpty("trouble", step.trouble())
                            .build());
        }
        JsonObject.Builder obstacles = JsonObject.builder();
        for (Node node : nodes) {
            JsonObject.Builder each = JsonObject.builder();
            CarrierObstacles.of(node).forEach((carrier, why) -> each.put(carrier.toString(), why));
            if (!CarrierObstacles.of(node).isEmpty()) {
                obstacles.put(node.name(), each.build());
            }
        }
        return NetworkListCommand.json(network, nodes)
                .with("nodes", JsonArray.of(steps.toArray(JsonValue[]::new)))
                .with("obstacles", obstacles.build());
    }

    private static void carriers(JsonObject.Builder json, NodeCarriers said) {
        JsonObject.Builder others = JsonObject.builder();
        said.others().forEach((node, sending) -> others.put(node, text(sending)));
        json.put("receives", said.receives().stream().map(Way::toString).toList())
                .putUnlessEmpty("retiring", said.retiring().stream().map(Way::toString).toList())
                .put("sends", text(said.usual()))
                .put("sendsTo", others.build());
    }
}
