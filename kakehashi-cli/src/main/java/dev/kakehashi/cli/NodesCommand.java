package dev.kakehashi.cli;

import dev.kakehashi.cluster.IpBlock;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.store.Listing;
import dev.kakehashi.cluster.store.Store;
import dev.kakehashi.cluster.store.Stored;
import dev.kakehashi.cni.json.JsonArray;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonValue;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code kakehashi nodes}. */
@Command(
        name = "nodes",
        mixinStandardHelpOptions = true,
        description = {
            "The nodes of the cluster, as the store has them: addresses, pods' subnets or blocks,",
            "carrier, whether the network is up, and the agent's version.",
            "Exit status 0 when the network of every node is up, 1 when that of one is not."
        })
final class NodesCommand implements Callable<Integer> {
    @Mixin StoreOption store = new StoreOption();
    @Mixin OutputOption output = new OutputOption();
    @Mixin WatchOption watch = new WatchOption();

    @Override
    public Integer call() throws Exception {
        try (Store opened = store.open()) {
            return watch.show(output.format, () -> view(opened, watch.watch));
        }
    }

    private static View view(Store store, boolean watching) throws Exception {
        Listing<Node> nodes = store.list(Kind.NODE);
        List<IpBlock> blocks = IpamOptions.blocks(store);
        List<NodeRow> rows = new ArrayList<>();
        for (Stored<Node> node : nodes.objects()) {
            rows.add(NodeRow.of(node.object(), blocks));
        }
        nodes.rejected().forEach(broken -> rows.add(NodeRow.broken(broken)));
        return view(rows, watching ? Instant.EPOCH : Instant.now());
    }

    /**
     * The view of some nodes.
     *
     * @param now for ages; the epoch: times are shown instead, which do not grow old
     */
    static View view(List<NodeRow> rows, Instant now) {
        JsonValue[] nodes = rows.stream().map(NodeRow::json).toArray(JsonValue[]::new);
        return new View(
                JsonObject.builder().put("nodes", JsonArray.of(nodes)).build(),
                (format, out) -> NodeRow.table(rows, format, now).print(out),
                rows.stream().allMatch(NodeRow::isReady) ? 0 : 1);
    }
}
