package dev.kakehashi.agent;

import java.util.Map;

/** The plugins that Kakehashi has. */
final class BuiltinPlugins {
    private BuiltinPlugins() {}

    static PluginRegistry registry() {
        return PluginRegistry.of(Map.of());
    }
}
