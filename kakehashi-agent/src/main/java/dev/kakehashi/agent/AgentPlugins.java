package dev.kakehashi.agent;

import dev.kakehashi.agent.attach.PluginRegistry;
import dev.kakehashi.cluster.ipam.KakehashiIpam;
import dev.kakehashi.cluster.ipam.Ledgers;
import dev.kakehashi.cni.plugin.Plugin;
import dev.kakehashi.linux.BootClock;
import dev.kakehashi.plugins.PluginHost;
import dev.kakehashi.plugins.builtin.ReferencePlugins;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/** Every plugin of the agent: those that take the place of the reference ones, and clusters'. */
final class AgentPlugins {
    private AgentPlugins() {}

    /**
     * The plugins.
     *
     * @param ledgers the node's ledgers of addresses
     */
    static PluginRegistry of(ReferencePlugins builtin, Ledgers ledgers) {
        Map<String, Function<PluginHost, Plugin>> factories = new HashMap<>(builtin.factories());
        factories.put(KakehashiIpam.NAME, host -> KakehashiIpam.of(ledgers, new BootClock()));
        return PluginRegistry.of(factories);
    }
}
