package dev.kakehashi.cni.plugin;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.CniVersion;
import dev.kakehashi.cni.result.CniResult;

import java.util.List;

/**
 * A CNI plugin. The dispatcher has checked the environment, the network's name and the version
 * before it calls one of these, and prints what they return or throw. Implementations must bear
 * calls for different containers at once.
 *
 * <p>An exception that is no {@link CniException} is printed with code 999.
 */
public interface Plugin {
    /** The plugin's type, which is also the name of its binary. */
    String name();

    /** The versions of the specification the plugin accepts, oldest first. */
    default List<CniVersion> supportedVersions() {
        return CniVersion.ALL;
    }

    /** One line about the plugin, printed when it is started without a command. */
    default String about() {
        return "CNI " + name() + " plugin";
    }

    /**
     * Attaches the container, or adjusts what an earlier plugin of the chain made.
     *
     * @return what is there now; a plugin that changes nothing visible returns the previous result
     * @throws CniException when the attachment cannot be made; nothing of it must be left
     */
    CniResult add(PluginRequest request) throws CniException;

    /**
     * Detaches the container. Must succeed when the namespace, the interface or the whole
     * attachment is gone, and any number of times.
     *
     * @throws CniException when something of the attachment could not be removed
     */
    void del(PluginRequest request) throws CniException;

    /**
     * Verifies that all is as ADD left it. Called for versions from 0.4.0 on.
     *
     * @throws CniException naming what is missing or different
     */
    void check(PluginRequest request) throws CniException;

    /**
     * Removes what belongs to this network and to none of {@link PluginRequest#validAttachments}.
     * Called for versions from 1.1.0 on. Goes on after a failure and reports all at the end.
     *
     * @throws CniException when something could not be removed
     */
    void gc(PluginRequest request) throws CniException;

    /**
     * Tells whether ADD could be served now. Called for versions from 1.1.0 on.
     *
     * @throws CniException with code 50 or 51 when it could not
     */
    void status(PluginRequest request) throws CniException;
}
