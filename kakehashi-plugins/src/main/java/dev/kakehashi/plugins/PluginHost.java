package dev.kakehashi.plugins;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.netns.Netns;

import java.nio.file.Path;

/**
 * The machine as the caller of a plugin sees it. A plugin that runs in the agent must not look at
 * the agent's own files and namespaces, which may be others than those of the process that the
 * runtime started; it asks here for each call.
 */
public interface PluginHost {
    /** The host side: the caller's network namespace. Lent for the call, not to be closed. */
    Netns netns();

    /**
     * Opens a container's network namespace.
     *
     * @param path a path as the caller sees it, usually CNI_NETNS
     * @return a handle that the plugin closes before it returns: an open one keeps the namespace of
     *     a container alive
     * @throws LinuxException with the reason why it cannot be opened; ENOENT when it is gone
     */
    Netns openNetns(String path) throws LinuxException;

    /**
     * Where this process finds a file of the caller's file system.
     *
     * @param path a path as the caller sees it; a relative one is relative to its working directory
     * @return a path for {@link java.nio.file.Files}, valid during the call
     */
    Path file(String path);

    /**
     * Says that what the plugin reserves next stays when the machine stops, before it reserves it:
     * whoever undoes a call that was cut off must then know of it in the next boot. Waits for the
     * disk where somebody does, so it is not for what ends with the boot.
     *
     * @throws CniException when that cannot be made sure; then nothing may be reserved
     */
    default void rememberBeyondBoot() throws CniException {}

    /**
     * A host whose files are this process's own: for plugins that run outside the agent.
     *
     * @param netns the host side; stays owned by the caller
     */
    static PluginHost of(Netns netns) {
        return new OwnHost(netns);
    }
}
