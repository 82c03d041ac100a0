package dev.kakehashi.cni.config;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.json.JsonBoolean;
import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonMember;
import dev.kakehashi.cni.json.JsonNull;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.cni.json.JsonValue;
import dev.kakehashi.cni.result.CniDns;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The configuration of one plugin (SPEC "Plugin configuration objects"): keys with a meaning of
 * their own and all the others, which pass through unchanged.
 *
 * @param json the whole object
 * @param type the plugin's type
 * @param name the network's name if the object carries one (single-plugin files do); else empty
 * @param cniVersion the version if the object carries one; else empty
 * @param capabilities the names of the capabilities that are true
 */
public record PluginConfig(
        JsonObject json, String type, String name, String cniVersion, List<String> capabilities) {

    /** Copies the list unless it is immutable already. */
    public PluginConfig {
        capabilities = List.copyOf(capabilities);
    }

    /**
     * Reads a configuration.
     *
     * @throws CniException code 6 when it is not JSON or a well-known key has the wrong kind; code
     *     7 without {@code type}
     */
    public static PluginConfig parse(byte[] json) throws CniException {
        try {
            return of(JsonParser.parseObject(json));
        } catch (JsonException e) {
            throw e.because("error parsing configuration");
        }
    }

    /** Reads a configuration that is a tree already; failures as {@link #parse}. */
    public static PluginConfig parse(JsonObject json) throws CniException {
        try {
            return of(json);
        } catch (JsonException e) {
            throw e.because("error parsing configuration");
        }
    }

    private static PluginConfig of(JsonObject json) throws CniException {
        String type = json.string("type", "");
        Optional<JsonObject> ipam = json.object("ipam");
        if (ipam.isPresent()) {
            ipam.get().string("type");
        }
        Optional<JsonObject> dns = json.object("dns");
        if (dns.isPresent()) {
            CniDns.decode(dns.get());
        }
        json.object("prevResult");
        PluginConfig config =
                new PluginConfig(
                        json,
                        type,
                        json.string("name", ""),
                        json.string("cniVersion", ""),
                        capabilities(json));
        if (type.isEmpty()) {
            throw new CniException(
                    CniException.INVALID_CONFIG, "error parsing configuration: missing 'type'");
        }
        return config;
    }

    private static List<String> capabilities(JsonObject json) throws JsonException {
        List<String> enabled = new ArrayList<>();
        for (JsonMember member : json.object("capabilities").orElse(JsonObject.EMPTY).members()) {
            if (member.value() == JsonNull.NULL) {
                continue;
            }
            if (!(member.value() instanceof JsonBoolean bool)) {
                throw new JsonException(
                        "\"capabilities."
                                + member.name()
                                + "\" must be true or false, not "
                                + member.value().kind());
            }
            enabled.remove(member.name());
            if (bool.value()) {
                enabled.add(member.name());
            }
        }
        return enabled;
    }

    /**
     * This configuration with these keys set, whatever they were before.
     *
     * @throws CniException code 7 when a key is empty or a value null
     */
    public PluginConfig inject(Map<String, ? extends JsonValue> values) throws CniException {
        JsonObject changed = json;
        for (Map.Entry<String, ? extends JsonValue> entry : values.entrySet()) {
            if (entry.getKey().isEmpty()) {
                throw new CniException(CniException.INVALID_CONFIG, "keys cannot be empty");
            }
            if (entry.getValue() == JsonNull.NULL) {
                throw new CniException(
                        CniException.INVALID_CONFIG,
                        "key '" + entry.getKey() + "' value must not be nil");
            }
            changed = changed.with(entry.getKey(), entry.getValue());
        }
        return parse(changed);
    }

    /** How messages name the plugin: {@code type="bridge" name="mynet"}. */
    public String description() {
        return "type=\"" + type + "\"" + (name.isEmpty() ? "" : " name=\"" + name + "\"");
    }
}
