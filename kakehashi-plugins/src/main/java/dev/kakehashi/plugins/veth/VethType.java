package dev.kakehashi.plugins.veth;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.attachment.Veth;
import dev.kakehashi.plugins.masquerade.Netfilter;
import dev.kakehashi.state.DesiredState;

/**
 * What tells the plugins apart that join a container to its host by a veth pair.
 *
 * @param <C> the configuration
 */
public interface VethType<C extends VethConfig> {

    /** The plugin's name: the {@code type} in configurations. */
    String name();

    /**
     * Reads and checks the configuration.
     *
     * @throws CniException code 6 or 7
     */
    C parse(PluginRequest request) throws CniException;

    /** What an ADD is to make. */
    NewVeth plan(C config, VethCall call) throws CniException;

    /**
     * What an ADD has made, described again from what it answered; without rules of netfilter, and
     * of what is shared only the bridge. Pure.
     *
     * @param result of the ADD
     * @throws CniException when the result is not one of this plugin
     */
    DesiredState again(C config, Attachment attachment, Veth veth, CniResult result)
            throws CniException;

    /**
     * Compares an attachment with what its configuration describes and its previous result lists.
     *
     * @throws CniException when they differ
     */
    void check(C config, VethCall call) throws CniException;

    /**
     * What ADD needs beside address management and masquerade.
     *
     * @throws CniException code 50 when it is not there
     */
    void status(C config, Netns host, Netfilter netfilter) throws CniException;
}
