package dev.kakehashi.cni.plugin;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.result.CniResult;

import java.util.Map;

/**
 * Calls plugins of this process directly, without encoding anything, and leaves the others to
 * another delegator. A delegate sees what it would see as a process: its own command, the same
 * parameters and configuration, its own check of versions.
 */
public final class InProcessDelegator implements Delegator {
    private final Map<String, Plugin> plugins;
    private final Delegator otherwise;

    private InProcessDelegator(Map<String, Plugin> plugins, Delegator otherwise) {
        this.plugins = Map.copyOf(plugins);
        this.otherwise = otherwise;
    }

    /**
     * A delegator.
     *
     * @param plugins the plugins of this process by type
     * @param otherwise for every other type
     */
    public static InProcessDelegator of(Map<String, Plugin> plugins, Delegator otherwise) {
        return new InProcessDelegator(plugins, otherwise);
    }

    @Override
    public CniResult add(String type, PluginRequest request) throws CniException {
        Plugin plugin = plugins.get(type);
        return plugin == null
                ? otherwise.add(type, request)
                : plugin.add(admit(plugin, CniCommand.ADD, request));
    }

    @Override
    public void del(String type, PluginRequest request) throws CniException {
        Plugin plugin = plugins.get(type);
        if (plugin == null) {
            otherwise.del(type, request);
        } else {
            plugin.del(admit(plugin, CniCommand.DEL, request));
        }
    }

    @Override
    public void check(String type, PluginRequest request) throws CniException {
        Plugin plugin = plugins.get(type);
        if (plugin == null) {
            otherwise.check(type, request);
        } else {
            plugin.check(admit(plugin, CniCommand.CHECK, request));
        }
    }

    @Override
    public void gc(String type, PluginRequest request) throws CniException {
        Plugin plugin = plugins.get(type);
        if (plugin == null) {
            otherwise.gc(type, request);
        } else {
            plugin.gc(admit(plugin, CniCommand.GC, request));
        }
    }

    @Override
    public void status(String type, PluginRequest request) throws CniException {
        Plugin plugin = plugins.get(type);
        if (plugin == null) {
            otherwise.status(type, request);
        } else {
            plugin.status(admit(plugin, CniCommand.STATUS, request));
        }
    }

    private static PluginRequest admit(Plugin plugin, CniCommand command, PluginRequest request)
            throws CniException {
        VersionGate.check(command, request.cniVersion(), plugin.supportedVersions());
        return request.as(command);
    }
}
