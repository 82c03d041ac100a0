package dev.kakehashi.cni.plugin;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.result.CniResult;

/**
 * Calls another plugin on behalf of the one that runs (SPEC section 4, "Plugin Delegation"): with
 * the same parameters and the same whole configuration. The delegate's failure is thrown as it is.
 */
public interface Delegator {
    /**
     * Delegates ADD. When it fails, the caller must delegate DEL before it fails itself; {@link
     * Ipam#add} does.
     *
     * @param type the delegate's type: a binary's name in CNI_PATH
     */
    CniResult add(String type, PluginRequest request) throws CniException;

    /** Delegates DEL, whatever command the request itself is for. */
    void del(String type, PluginRequest request) throws CniException;

    /** Delegates CHECK. */
    void check(String type, PluginRequest request) throws CniException;

    /** Delegates GC. */
    void gc(String type, PluginRequest request) throws CniException;

    /** Delegates STATUS. */
    void status(String type, PluginRequest request) throws CniException;
}
