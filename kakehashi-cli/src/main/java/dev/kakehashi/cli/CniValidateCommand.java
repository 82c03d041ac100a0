package dev.kakehashi.cli;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.config.ConfigFolder;
import dev.kakehashi.cni.config.NetworkConfigList;
import dev.kakehashi.cni.config.PluginConfig;
import dev.kakehashi.cni.exec.PluginFinder;
import dev.kakehashi.cni.json.JsonArray;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonValue;
import dev.kakehashi.cni.runtime.CniRuntime;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code kakehashi cni validate}. */
@Command(
        name = "validate",
        mixinStandardHelpOptions = true,
        description = {
            "Reads a network's configuration and asks each of its plugins which versions it speaks.",
            "Exit status 0 when every plugin is there and speaks the network's version."
        })
final class CniValidateCommand implements Callable<Integer> {
    @Mixin CniOptions where = new CniOptions();

    @Parameters(
            index = "0",
            paramLabel = "NETWORK|FILE",
            description = "Name of a network, or path of a .conflist file (with a slash).")
    String network = "";

    @Mixin OutputOption output = new OutputOption();

    /** What was found out about a plugin; {@code problem} is empty when all is well. */
    private record Finding(
            String type,
            String binary,
            List<String> versions,
            List<String> capabilities,
            String problem) {

        JsonObject json() {
            return JsonObject.builder()
                    .put("type", type)
                    .putUnlessEmpty("binary", binary)
                    .putUnlessEmpty("versions", versions)
                    .putUnlessEmpty("capabilities", capabilities)
                    .putUnlessEmpty("problem", problem)
                    .build();
        }
    }

    @Override
    public Integer call() throws Exception {
        NetworkConfigList list =
                network.indexOf('/') >= 0
                        ? ConfigFolder.loadList(Path.of(network))
                        : where.network(network);
        List<Finding> findings = new ArrayList<>();
        Cancellation.whenTold(() -> {
            CniRuntime runtime = where.runtime();
            for (PluginConfig plugin : list.plugins()) {
                findings.add(examine(runtime, list, plugin));
            }
        });
        print(list, findings);
        return findings.stream().allMatch(finding -> finding.problem().isEmpty()) ? 0 : 1;
    }

    private Finding examine(CniRuntime runtime, NetworkConfigList list, PluginConfig plugin) {
        String binary = "";
        List<String> versions = List.of();
        String problem = "";
        try {
            binary = PluginFinder.find(plugin.type(), where.pluginFolders());
            versions = runtime.versions(plugin.type());
            String version = list.cniVersion().isEmpty() ? "0.1.0" : list.cniVersion();
            if (!versions.contains(version)) {
                problem = "does not speak version " + version;
            }
        } catch (CniException e) {
            problem = e.getMessage() == null ? e.toString() : e.getMessage();
        }
        return new Finding(plugin.type(), binary, versions, plugin.capabilities(), problem);
    }

    private void print(NetworkConfigList list, List<Finding> findings) {
        if (output.format.forPrograms()) {
            JsonValue[] plugins = findings.stream().map(Finding::json).toArray(JsonValue[]::new);
            output.format.print(
                    System.out,
                    JsonObject.builder()
                            .put("name", list.name())
                            .put("cniVersion", list.cniVersion())
                            .put("plugins", JsonArray.of(plugins))
                            .build());
            return;
        }
        Table table = Table.of("PLUGIN", "BINARY", "VERSIONS", "CAPABILITIES", "PROBLEM");
        for (Finding finding : findings) {
            table.row(
                    finding.type(),
                    finding.binary(),
                    String.join(",", finding.versions()),
                    String.join(",", finding.capabilities()),
                    new Table.Cell(finding.problem(), Style.BAD));
        }
        table.print(System.out);
    }
}
