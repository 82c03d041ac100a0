package dev.kakehashi.cli;

import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonObject;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.util.concurrent.Callable;

/** {@code kakehashi status}. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = {
            "How this node stands, as its agent says: agent, network, carrier, underlay, addresses,",
            "other nodes, what was healed last, and what is wrong.",
            "Exit status 0 when pods may come, 1 when not or no agent answers."
        })
final class StatusCommand implements Callable<Integer> {
    @Mixin AgentOption agent = new AgentOption();
    @Mixin OutputOption output = new OutputOption();
    @Mixin WatchOption watch = new WatchOption();

    @Override
    public Integer call() throws Exception {
        return watch.show(output.format, () -> view(agent.ask("status")));
    }

    static View view(JsonObject status) throws JsonException {
        StatusTables tables = StatusTables.of(status);
        return new View(status, tables::print, status.bool("ready", false) ? 0 : 1);
    }
}
