package dev.kakehashi.cli;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.config.ConfigFolder;
import dev.kakehashi.cni.config.NetworkConfigList;
import dev.kakehashi.cni.json.JsonArray;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonValue;
import dev.kakehashi.cni.runtime.RuntimeConf;
import dev.kakehashi.plugins.plan.ChainPlan;
import dev.kakehashi.plugins.plan.PluginPlan;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;

/** {@code kakehashi plan cni}. */
@Command(
        name = "cni",
        mixinStandardHelpOptions = true,
        description = {
            "What ADD of a network would do to this host and to an empty container, plugin by"
                    + " plugin; nothing is changed.",
            "Kakehashi's plugins are run in network namespaces that nobody else sees, with links,"
                    + " addresses and routes like this host's, and on copies of its files. Rules"
                    + " of netfilter that are here already are not known there: they are printed"
                    + " whole. An address of the plugin dhcp is 192.0.2.2, since only the server"
                    + " knows it.",
            "Exit status 0 when ADD would succeed, 1 when it would fail."
        })
final class PlanCniCommand implements Callable<Integer> {
    @Parameters(
            index = "0",
            paramLabel = "NETWORK|FILE",
            description = "Name of a network, or path of a .conflist file.")
    String network = "";

    @Option(
            names = "--conf-dir",
            paramLabel = "DIR",
            description = "Where networks are described ($$NETCONFPATH, else /etc/cni/net.d).")
    Optional<Path> configFolder = Optional.empty();

    @Mixin CniCallOptions call = new CniCallOptions();

    @Option(
            names = "--container-id",
            paramLabel = "ID",
            defaultValue = "container",
            description = "The container (default: ${DEFAULT-VALUE}).")
    String containerId = "";

    @Option(
            names = "--from-scratch",
            description = "The whole recipe, as for a host that has nothing yet.")
    boolean fromScratch;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "table",
            description =
                    "table prints the commands; one of: ${COMPLETION-CANDIDATES} (default:"
                            + " ${DEFAULT-VALUE}).")
    OutputFormat output = OutputFormat.TABLE;

    @Override
    public Integer call() throws Exception {
        ChainPlan plan = ChainPlan.of(list(), attachment(), fromScratch);
        if (output.forPrograms()) {
            output.print(System.out, json(plan));
        } else {
            print(plan);
        }
        return 0;
    }

    private NetworkConfigList list() throws CniException {
        if (network.indexOf('/') >= 0 || network.endsWith(".conflist")) {
            return ConfigFolder.loadList(Path.of(network));
        }
        return ConfigFolder.at(configFolder.orElseGet(() -> environment().configFolder()))
                .load(network);
    }

    /** Read when it is asked for: a broken variable must not hinder {@code --help}. */
    private static CniEnvironment environment() {
        return CniEnvironment.of(System.getenv());
    }

    private RuntimeConf attachment() {
        return call.conf(environment(), containerId, "");
    }

    private static void print(ChainPlan plan) {
        for (PluginPlan plugin : plan.plugins()) {
            System.out.println("# " + plugin.type());
            plugin.commands().forEach(System.out::println);
        }
    }

    private JsonObject json(ChainPlan plan) {
        JsonValue[] plugins =
                plan.plugins().stream()
                        .map(plugin ->
                                JsonObject.builder()
                                        .put("type", plugin.type())
                                        .put("commands", plugin.commands())
                                        .build())
                        .toArray(JsonValue[]::new);
        return JsonObject.builder()
                .put("plugins", JsonArray.of(plugins))
                .put("result", plan.result())
                .build();
    }
}
