package dev.kakehashi.cli;

import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.cni.runtime.CniArg;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What the variables of the reference's cnitool say.
 *
 * @param pluginFolders {@code CNI_PATH}: where plugins are looked for, in order
 * @param configFolder {@code NETCONFPATH}: where networks are described
 * @param ifName {@code CNI_IFNAME}
 * @param args {@code CNI_ARGS}
 * @param capabilityArgs {@code CAP_ARGS}: a JSON object, values by capability
 */
record CniEnvironment(
        List<String> pluginFolders,
        Path configFolder,
        String ifName,
        List<CniArg> args,
        JsonObject capabilityArgs) {
    private static final String DEFAULT_PLUGIN_FOLDER = "/opt/cni/bin";
    private static final String DEFAULT_CONFIG_FOLDER = "/etc/cni/net.d";
    private static final String DEFAULT_INTERFACE = "eth0";

    /**
     * Reads the variables; those that are missing or empty have their defaults.
     *
     * @throws IllegalArgumentException when one has the wrong form; the text names it
     */
    static CniEnvironment of(Map<String, String> variables) {
        return new CniEnvironment(
                folders(value(variables, "CNI_PATH", DEFAULT_PLUGIN_FOLDER)),
                Path.of(value(variables, "NETCONFPATH", DEFAULT_CONFIG_FOLDER)),
                value(variables, "CNI_IFNAME", DEFAULT_INTERFACE),
                args(value(variables, "CNI_ARGS", "")),
                capabilityArgs(value(variables, "CAP_ARGS", "")));
    }

    private static String value(Map<String, String> variables, String name, String absent) {
        String value = variables.getOrDefault(name, "");
        return value.isEmpty() ? absent : value;
    }

    /** The folders of a search list (SPEC "Parameters", CNI_PATH). */
    static List<String> folders(String list) {
        return List.of(list.split(":"));
    }

    /** Pairs of which neither half is empty: stricter than what plugins take. */
    static List<CniArg> args(String text) {
        List<CniArg> args = new ArrayList<>();
        for (String pair : text.isEmpty() ? new String[0] : text.split(";", -1)) {
            int equals = pair.indexOf('=');
            if (equals <= 0 || equals == pair.length() - 1 || pair.indexOf('=', equals + 1) >= 0) {
                throw new IllegalArgumentException("invalid CNI_ARGS pair \"" + pair + "\"");
            }
            args.add(new CniArg(pair.substring(0, equals), pair.substring(equals + 1)));
        }
        return args;
    }

    /** An object of values by capability; nothing for an empty text. */
    static JsonObject capabilityArgs(String text) {
        if (text.isEmpty()) {
            return JsonObject.EMPTY;
        }
        try {
            return JsonParser.parseObject(text.getBytes(StandardCharsets.UTF_8));
        } catch (JsonException e) {
            throw new IllegalArgumentException("invalid CAP_ARGS: " + e.getMessage(), e);
        }
    }
}
