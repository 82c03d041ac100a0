package dev.kakehashi.cli;

import dev.kakehashi.cluster.ipam.IpamUse;
import dev.kakehashi.cluster.store.Store;
import dev.kakehashi.cluster.store.StoreException;
import dev.kakehashi.cni.json.JsonArray;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonValue;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;

/** {@code kakehashi ipam show}. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        description = "How much of each pool is in use, by node; with -o wide by block too.")
final class IpamShowCommand implements Callable<Integer> {
    @Mixin IpamOptions options = new IpamOptions();

    @Mixin OutputOption output = new OutputOption();
    @Mixin WatchOption watch = new WatchOption();

    @Override
    public Integer call() throws Exception {
        try (Store store = options.open()) {
            return watch.show(output.format, () -> view(store));
        }
    }

    private View view(Store store) throws StoreException {
        IpamUse use =
                IpamUse.of(
                        options.network,
                        IpamOptions.pools(store),
                        IpamOptions.blocks(store),
                        IpamOptions.nodes(store));
        return new View(json(use), (format, out) -> print(use, format, out), 0);
    }

    private static void print(IpamUse use, OutputFormat output, PrintStream out) {
        Table pools = Table.of("POOL", "CIDR", "PHASE", "BLOCKS", "ADDRESSES", "IN USE", "FREE");
        for (IpamUse.Pool p : use.pools()) {
            int free = p.addresses() - p.inUse();
            pools.row(p.name(), p.cidr(), p.phase(), p.blocks(), p.addresses(), p.inUse(), free);
        }
        pools.print(out);
        out.println();
        Table nodes = Table.of("NODE", "BLOCKS", "BORROWED", "ADDRESSES", "IN USE", "FREE");
        for (IpamUse.Holder n : use.nodes()) {
            String name = n.present() ? n.name() : n.name() + " (gone)";
            int free = n.addresses() - n.inUse();
            nodes.row(name, n.blocks(), n.borrowed(), n.addresses(), n.inUse(), free);
        }
        nodes.print(out);
        if (output == OutputFormat.WIDE) {
            out.println();
            Table blocks =
                    Table.of("BLOCK", "POOL", "NODE", "STATE", "ADDRESSES", "LENT", "IN USE");
            for (IpamUse.Block b : use.blocks()) {
                blocks.row(
                        b.cidr(),
                        b.pool(),
                        b.node(),
                        b.state(),
                        b.addresses(),
                        b.lent(),
                        b.inUse());
            }
            blocks.print(out);
        }
    }

    private static JsonObject json(IpamUse use) {
        return JsonObject.builder()
                .put("pools", list(use.pools(), IpamShowCommand::json))
                .put("nodes", list(use.nodes(), IpamShowCommand::json))
                .put("blocks", list(use.blocks(), IpamShowCommand::json))
                .build();
    }

    private static <T> JsonArray list(List<T> values, Function<T, JsonObject> json) {
        return JsonArray.of(values.stream().map(json).toArray(JsonValue[]::new));
    }

    private static JsonObject json(IpamUse.Pool pool) {
        return JsonObject.builder()
                .put("name", pool.name())
                .put("cidr", pool.cidr().toString())
                .put("phase", pool.phase())
                .put("blocks", pool.blocks())
                .put("addresses", pool.addresses())
                .put("inUse", pool.inUse())
                .build();
    }

    private static JsonObject json(IpamUse.Holder node) {
        return JsonObject.builder()
                .put("name", node.name())
                .put("present", node.present())
                .put("blocks", node.blocks())
                .put("borrowed", node.borrowed())
                .put("addresses", node.addresses())
                .put("inUse", node.inUse())
                .build();
    }

    private static JsonObject json(IpamUse.Block block) {
        return JsonObject.builder()
                .put("cidr", block.cidr().toString())
                .put("pool", block.pool())
                .put("node", block.node())
                .put("state", block.state())
                .put("addresses", block.addresses())
                .put("lent", block.lent())
                .put("inUse", block.inUse())
                .build();
    }
}
