package dev.kakehashi.plugins.plan;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.plugin.Delegator;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.cni.result.CniResult;

import java.util.function.Function;

/**
 * Calls nobody.
 *
 * @param refusal of a plugin's type
 */
record NoOtherPlugins(Function<String, CniException> refusal) implements Delegator {
    @Override
    public CniResult add(String type, PluginRequest request) throws CniException {
        throw refusal.apply(type);
    }

    @Override
    public void del(String type, PluginRequest request) throws CniException {
        throw refusal.apply(type);
    }

    @Override
    public void check(String type, PluginRequest request) throws CniException {
        throw refusal.apply(type);
    }

    @Override
    public void gc(String type, PluginRequest request) throws CniException {
        throw refusal.apply(type);
    }

    @Override
    public void status(String type, PluginRequest request) throws CniException {
        throw refusal.apply(type);
    }
}
