package dev.kakehashi.plugins.peers;

import dev.kakehashi.cni.CniVersion;

import java.util.List;
import java.util.Map;

/**
 * One configuration, to be added, checked and deleted.
 *
 * @param name a short text, unique
 * @param config in JSON, with {@code '} for quotation marks and {@code DATA} for a folder
 * @param environment besides what each call has
 * @param preparation commands on the host before: words separated by spaces
 */
record Scenario(
        String name, String config, Map<String, String> environment, List<String> preparation) {

    /** The version of the configuration. */
    CniVersion version() {
        String key = "'cniVersion': '";
        int start = config.indexOf(key) + key.length();
        return CniVersion.exact(config.substring(start, config.indexOf('\'', start))).orElseThrow();
    }

    /** The plugin. */
    String type() {
        String key = "'type': '";
        int start = config.indexOf(key) + key.length();
        return config.substring(start, config.indexOf('\'', start));
    }

    /** What is particular to it, for people. */
    String keys() {
        StringBuilder keys = new StringBuilder(config.replace('\'', '"'));
        environment.forEach(
                (name, value) -> keys.append(' ').append(name).append('=').append(value));
        preparation.forEach(command -> keys.append("; after: ").append(command));
        return keys.toString();
    }

    @Override
    public String toString() {
        return name;
    }
}
