package dev.kakehashi.cni.config;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.json.JsonArray;
import dev.kakehashi.cni.json.JsonObject;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The configuration of a network (SPEC "Configuration format"): a chain of plugins and how to call
 * them.
 *
 * @param name the network's name
 * @param cniVersion the version to speak: the highest this library knows among those the file
 *     lists; empty for 0.1.0
 * @param disableCheck CHECK must not be called
 * @param disableGc GC must not be called
 * @param loadOnlyInlinedPlugins the folder with further plugins must not be looked at
 * @param plugins the plugins in the order of ADD
 * @param source the text the list was read from, for the cache
 */
public record NetworkConfigList(
        String name,
        String cniVersion,
        boolean disableCheck,
        boolean disableGc,
        boolean loadOnlyInlinedPlugins,
        List<PluginConfig> plugins,
        String source) {

    /** Copies the list unless it is immutable already. */
    public NetworkConfigList {
        plugins = List.copyOf(plugins);
    }

    /**
     * Reads a list. Without {@code plugins} it is empty, for plugins may be found elsewhere.
     *
     * @throws CniException code 6 or 7, with the reference library's text
     */
    public static NetworkConfigList parse(byte[] json) throws CniException {
        return ListParser.parse(json);
    }

    /**
     * The list with one plugin that a single-plugin configuration (before 1.0.0) stands for.
     *
     * @throws CniException as {@link #parse}
     */
    public static NetworkConfigList of(PluginConfig single) throws CniException {
        JsonObject list =
                JsonObject.builder()
                        .put("name", single.name())
                        .put("cniVersion", single.cniVersion())
                        .put("plugins", JsonArray.of(single.json()))
                        .build();
        return parse(list.toCompactString().getBytes(StandardCharsets.UTF_8));
    }

    /** This list with more plugins after its own. */
    NetworkConfigList plus(List<PluginConfig> more) {
        if (more.isEmpty()) {
            return this;
        }
        List<PluginConfig> all = new ArrayList<>(plugins);
        all.addAll(more);
        return new NetworkConfigList(
                name, cniVersion, disableCheck, disableGc, loadOnlyInlinedPlugins, all, source);
    }
}
