package dev.kakehashi.plugins.plan;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.config.NetworkConfigList;
import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.cni.runtime.CniRuntime;
import dev.kakehashi.cni.runtime.RuntimeConf;
import dev.kakehashi.cni.runtime.RuntimeSettings;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.state.NamespaceId;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What an ADD of a whole network would do. The plugins themselves are run, in network namespaces
 * that only they see and on copies of the files that they ask for: whatever they decide, nothing of
 * the host is changed.
 *
 * @param plugins in the order of the list
 * @param result what a runtime would get, with {@code container} as the sandbox
 */
public record ChainPlan(List<PluginPlan> plugins, JsonObject result) {
    public ChainPlan {
        plugins = List.copyOf(plugins);
    }

    /**
     * Finds it out.
     *
     * @param attachment which container and interface, with arguments; its namespace is not looked
     *     at: the container is taken to be empty
     * @param fromScratch on a host that has nothing yet but its loopback: the whole recipe; else on
     *     one with links, addresses and routes as this process sees them
     * @throws CniException when ADD would fail, or a plugin is not one of this library
     * @throws IOException when namespaces or copies cannot be made
     */
    public static ChainPlan of(
            NetworkConfigList network, RuntimeConf attachment, boolean fromScratch)
            throws CniException, IOException {
        Path files = Files.createTempDirectory("kakehashi-plan");
        try (Netns host = Netns.create();
                Netns container = Netns.create();
                Netns beyond = Netns.create()) {
            if (!fromScratch) {
                try (Netns real = Netns.current()) {
                    HostCopy.make(real, host, beyond);
                }
            }
            try (RehearsedPlugins plugins =
                    RehearsedPlugins.open(new CopiedFiles(host, files), container)) {
                String sandbox = "/proc/self/fd/" + container.fd().number();
                RuntimeConf there =
                        new RuntimeConf(
                                attachment.containerId(),
                                sandbox,
                                attachment.ifName(),
                                attachment.args(),
                                attachment.capabilityArgs());
                JsonObject result =
                        CniRuntime.with(
                                        RuntimeSettings.of(List.of("/"))
                                                .cacheFolder(files.resolve("cache"))
                                                .environment(Map.of())
                                                .exec(_ -> plugins))
                                .add(network, there)
                                .json();
                return new ChainPlan(plugins.plans(), named(result, sandbox));
            }
        } finally {
            remove(files);
        }
    }

    /** A path of this process says nothing to anybody. */
    private static JsonObject named(JsonObject result, String sandbox) throws JsonException {
        return JsonParser.parseObject(
                result.toCompactString()
                        .replace("\"" + sandbox + "\"", "\"" + NamespaceId.CONTAINER + "\""));
    }

    private static void remove(Path directory) throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : (Iterable<Path>) paths.sorted(Comparator.reverseOrder())::iterator) {
                Files.delete(path);
            }
        }
    }
}
