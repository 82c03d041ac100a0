package dev.kakehashi.cni.config;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.CniVersion;
import dev.kakehashi.cni.json.JsonArray;
import dev.kakehashi.cni.json.JsonBoolean;
import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonNull;
import dev.kakehashi.cni.json.JsonNumber;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.cni.json.JsonString;
import dev.kakehashi.cni.json.JsonValue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads lists as the reference library does: here, other than in a plugin's configuration, keys
 * match exactly.
 */
final class ListParser {
    private static final String PREFIX = "error parsing configuration list: ";

    private final JsonObject json;

    private ListParser(JsonObject json) {
        this.json = json;
    }

    static NetworkConfigList parse(byte[] bytes) throws CniException {
        JsonObject json;
        try {
            JsonValue value = JsonParser.parse(bytes);
            json = value == JsonNull.NULL ? JsonObject.EMPTY : JsonParser.asObject(value);
        } catch (JsonException e) {
            throw e.because("error parsing configuration list");
        }
        return new ListParser(json).list(new String(bytes, StandardCharsets.UTF_8));
    }

    private NetworkConfigList list(String source) throws CniException {
        String name = name();
        String cniVersion = cniVersion();
        boolean disableCheck = flag("disableCheck");
        boolean disableGc = flag("disableGC");
        boolean onlyInlined = flag("loadOnlyInlinedPlugins");
        return new NetworkConfigList(
                name,
                cniVersion,
                disableCheck,
                disableGc,
                onlyInlined,
                plugins(onlyInlined),
                source);
    }

    private String name() throws CniException {
        Optional<JsonValue> value = json.exact("name");
        if (value.isEmpty()) {
            throw invalid("no name");
        }
        if (!(value.get() instanceof JsonString name)) {
            throw invalid("invalid name type " + type(value.get()));
        }
        return name.value();
    }

    private String cniVersion() throws CniException {
        Optional<JsonValue> value = json.exact("cniVersion");
        String version = "";
        if (value.isPresent()) {
            if (!(value.get() instanceof JsonString string)) {
                throw invalid("invalid cniVersion type " + type(value.get()));
            }
            version = string.value();
        }
        Optional<JsonValue> versions = json.exact("cniVersions");
        return versions.isEmpty() ? version : highest(versions.get(), version);
    }

    private static String highest(JsonValue versions, String single) throws CniException {
        if (!(versions instanceof JsonArray array)) {
            throw invalid("invalid type for cniVersions: " + type(versions));
        }
        Optional<CniVersion> highest = Optional.empty();
        String text = single;
        for (int i = 0; i < array.values().size(); i++) {
            JsonValue value = array.values().get(i);
            if (!(value instanceof JsonString string)) {
                throw invalid("invalid type for cniVersions index " + i + ": " + type(value));
            }
            CniVersion version =
                    version(
                            string.value(),
                            "invalid cniVersions entry " + string.value() + " at index " + i);
            if (isHigher(version, highest)) {
                highest = Optional.of(version);
                text = string.value();
            }
        }
        if (!single.isEmpty()
                && isHigher(version(single, "invalid cniVersion " + single), highest)) {
            text = single;
        }
        return text;
    }

    /** Versions beyond those this library implements do not count. */
    private static boolean isHigher(CniVersion version, Optional<CniVersion> than) {
        return CniVersion.CURRENT.atLeast(version)
                && (than.isEmpty() || version.compareTo(than.get()) > 0);
    }

    private static CniVersion version(String text, String what) throws CniException {
        try {
            return CniVersion.parse(text);
        } catch (CniException e) {
            throw e.because(PREFIX + what);
        }
    }

    private boolean flag(String key) throws CniException {
        Optional<JsonValue> value = json.exact(key);
        if (value.isEmpty()) {
            return false;
        }
        if (value.get() instanceof JsonBoolean bool) {
            return bool.value();
        }
        if (!(value.get() instanceof JsonString string)) {
            throw invalid("invalid type " + type(value.get()) + " for " + key);
        }
        String lower = string.value().toLowerCase(Locale.ROOT);
        return switch (lower) {
            case "true" -> true;
            case "false" -> false;
            default -> throw invalid("invalid value \"" + lower + "\" for " + key);
        };
    }

    private List<PluginConfig> plugins(boolean onlyInlined) throws CniException {
        Optional<JsonValue> value = json.exact("plugins");
        if (value.isEmpty()) {
            if (onlyInlined) {
                throw invalid("`loadOnlyInlinedPlugins` is true, and no 'plugins' key");
            }
            return List.of();
        }
        if (!(value.get() instanceof JsonArray array)) {
            throw invalid("invalid 'plugins' type " + type(value.get()));
        }
        if (array.values().isEmpty()) {
            throw invalid("no plugins in list");
        }
        List<PluginConfig> plugins = new ArrayList<>(array.values().size());
        for (JsonValue element : array.values()) {
            try {
                plugins.add(PluginConfig.parse(JsonParser.asObject(element)));
            } catch (CniException e) {
                throw e.because("failed to parse plugin config " + plugins.size());
            }
        }
        return plugins;
    }

    private static CniException invalid(String what) {
        return new CniException(CniException.INVALID_CONFIG, PREFIX + what);
    }

    /** The reference's name of the type a value decodes to. */
    private static String type(JsonValue value) {
        return switch (value) {
            case JsonString ignored -> "string";
            case JsonNumber ignored -> "float64";
            case JsonBoolean ignored -> "bool";
            case JsonArray ignored -> "[]interface {}";
            case JsonObject ignored -> "map[string]interface {}";
            case JsonNull ignored -> "<nil>";
        };
    }
}
