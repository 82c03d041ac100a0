package dev.kakehashi.agent.attach;

import dev.kakehashi.cni.plugin.Plugin;
import dev.kakehashi.plugins.PluginHost;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** The plugins of this process by their type. */
public final class PluginRegistry {
    private final Map<String, Function<PluginHost, Plugin>> factories;

    private PluginRegistry(Map<String, Function<PluginHost, Plugin>> factories) {
        this.factories = Map.copyOf(factories);
    }

    /**
     * A registry.
     *
     * @param factories by type; each makes a plugin for one call, on the host that the call came
     *     from, so making one must cost nothing
     */
    public static PluginRegistry of(Map<String, Function<PluginHost, Plugin>> factories) {
        return new PluginRegistry(factories);
    }

    /** The plugin of a type for a call from this host; empty when there is none. */
    public Optional<Plugin> find(String type, PluginHost host) {
        Function<PluginHost, Plugin> factory = factories.get(type);
        return factory == null ? Optional.empty() : Optional.of(factory.apply(host));
    }

    /** Whether there is a plugin of this type. */
    public boolean has(String type) {
        return factories.containsKey(type);
    }

    /** The types there are. */
    public Set<String> types() {
        return factories.keySet();
    }
}
