package dev.kakehashi.cli;

import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonObject;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code kakehashi routes}. */
@Command(
        name = "routes",
        mixinStandardHelpOptions = true,
        description = {
            "This node's routes to the pods of other nodes, as the kernel has them now, and whether",
            "each is as wanted: ok, missing, differs (from what is wanted) or unwanted.",
            "Exit status 0 when all are as wanted, 1 when one is not."
        })
final class RoutesCommand implements Callable<Integer> {
    @Mixin AgentOption agent = new AgentOption();
    @Mixin OutputOption output = new OutputOption();
    @Mixin WatchOption watch = new WatchOption();

    @Override
    public Integer call() throws Exception {
        return watch.show(output.format, () -> view(agent.ask("routes")));
    }

    static View view(JsonObject answer) throws JsonException {
        List<Object[]> rows = new ArrayList<>();
        boolean allOk = true;
        for (JsonObject route : answer.objects("routes")) {
            boolean ok = route.string("state", "").equals("ok");
            int mtu = route.integer("mtu", 0);
            allOk &= ok;
            rows.add(
                    new Object[] {
                        route.string("prefix", ""),
                        route.string("node", ""),
                        route.string("carrier", ""),
                        route.string("via", ""),
                        route.string("device", ""),
                        mtu == 0 ? "" : mtu,
                        new Table.Cell(route.string("state", ""), ok ? Style.GOOD : Style.BAD)
                    });
        }
        return new View(
                answer,
                (_, out) -> {
                    Table table =
                            Table.of("PREFIX", "NODE", "CARRIER", "VIA", "DEVICE", "MTU", "STATE");
                    rows.forEach(table::row);
                    table.print(out);
                },
                allOk ? 0 : 1);
    }
}
