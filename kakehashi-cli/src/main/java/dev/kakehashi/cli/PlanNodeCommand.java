package dev.kakehashi.cli;

import dev.kakehashi.agent.node.FlannelOptions;
import dev.kakehashi.agent.node.NodeAgentOptions;
import dev.kakehashi.agent.node.NodePlan;
import dev.kakehashi.agent.node.WantedUnderlay;
import dev.kakehashi.cluster.store.StoreAddress;
import dev.kakehashi.cni.json.JsonArray;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonString;
import dev.kakehashi.cni.json.JsonValue;
import dev.kakehashi.state.engine.Conflict;
import dev.kakehashi.state.engine.Plan;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/** {@code kakehashi plan node}. */
@Command(
        name = "node",
        mixinStandardHelpOptions = true,
        description = {
            "What the agent of this node would change now; nothing is changed.",
            "Exit status 0 when all is as wanted, 1 when something differs."
        })
final class PlanNodeCommand implements Callable<Integer> {
    @Spec CommandSpec spec = CommandSpec.create();

    @Option(names = "--node", required = true, paramLabel = "NAME", description = "The Node.")
    String node = "";

    @Option(
            names = "--store",
            required = true,
            paramLabel = "STORE",
            description =
                    "Where Nodes and Networks are: a directory, or etcd://HOST:PORT,… as for"
                            + " kakehashi-agent.")
    String store = "";

    @Option(
            names = "--network",
            paramLabel = "NAME",
            defaultValue = "default",
            description = "The Network of the node's pods (default: ${DEFAULT-VALUE}).")
    String network = "";

    @Option(
            names = "--underlay",
            paramLabel = "WHAT",
            description =
                    "Interface, address or prefix by which other nodes are reached; or"
                            + " interface=REGEX, skip-interface=REGEX, can-reach=ADDRESS (the"
                            + " interface of the default route).")
    Optional<String> underlay = Optional.empty();

    @Option(
            names = "--state",
            paramLabel = "DIRECTORY",
            defaultValue = "/var/lib/kakehashi",
            description = "What the agent keeps over restarts (default: ${DEFAULT-VALUE}).")
    Path stateDirectory = Path.of("");

    @Option(
            names = "--from-scratch",
            description = "The whole recipe, as for a kernel that has nothing of it yet.")
    boolean fromScratch;

    @Mixin OutputOption output = new OutputOption();
    @Mixin WatchOption watch = new WatchOption();

    @Override
    public Integer call() throws Exception {
        NodeAgentOptions options =
                new NodeAgentOptions(
                        node,
                        address(),
                        network,
                        List.of(),
                        wantedUnderlay(),
                        Optional.empty(),
                        stateDirectory,
                        NodeAgentOptions.DEFAULT_BIRD,
                        FlannelOptions.NONE);
        return watch.show(output.format, () -> view(NodePlan.of(options, fromScratch)));
    }

    private View view(Plan plan) {
        return new View(
                json(plan),
                (_, out) -> out.print(plan.isEmpty() ? "# all is as wanted\n" : plan.toString()),
                plan.isEmpty() || fromScratch ? 0 : 1);
    }

    private Optional<WantedUnderlay> wantedUnderlay() {
        try {
            return underlay.map(WantedUnderlay::parse);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private StoreAddress address() {
        try {
            return StoreAddress.parse(store);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private static JsonObject json(Plan plan) {
        return JsonObject.builder()
                .put(
                        "commands",
                        strings(
                                plan.steps().stream()
                                        .flatMap(step -> step.commands().stream())
                                        .toList()))
                .put(
                        "conflicts",
                        strings(plan.conflicts().stream().map(Conflict::toString).toList()))
                .put("leftAlone", strings(plan.remarks()))
                .build();
    }

    private static JsonArray strings(List<String> texts) {
        return JsonArray.of(texts.stream().map(JsonString::new).toArray(JsonValue[]::new));
    }
}
