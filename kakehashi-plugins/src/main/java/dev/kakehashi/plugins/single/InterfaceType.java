package dev.kakehashi.plugins.single;

import dev.kakehashi.cni.CniAttachment;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.plugins.HostEngines;
import dev.kakehashi.plugins.PluginHost;
import dev.kakehashi.plugins.chain.Workplace;

import java.io.IOException;
import java.util.List;

/** What is particular to a plugin that puts one interface into the container. */
public interface InterfaceType {

    /** The plugin's type. */
    String name();

    /**
     * ADD: the interface that a request asks for, in view of what is there. Changes nothing.
     *
     * @throws CniException when the configuration is invalid, or what it names is missing
     */
    NewInterface plan(PluginRequest request, Workplace place) throws CniException;

    /**
     * The reference plugin's words for a name that the container has an interface of already:
     * {@code failed to …}.
     */
    String cannotTake(String ifName);

    /** What a failure of address management is called. */
    default CniException withoutAddresses(CniException failure) {
        return failure;
    }

    /** Whether there is an interface in the kernel to be looked at; else only addresses. */
    default boolean isInKernel(PluginRequest request) throws CniException {
        return true;
    }

    /**
     * CHECK of what is particular to the interface.
     *
     * @param link the container's interface of the name
     * @throws CniException naming what differs
     */
    void check(PluginRequest request, Workplace place, Link link) throws CniException, IOException;

    /**
     * A text of CHECK as the reference plugin writes it.
     *
     * @param text as most of the reference plugins write it
     */
    default String inWords(String text) {
        return text;
    }

    /**
     * Whether ADD could be served, addresses apart.
     *
     * @throws CniException with code 50 when it could not
     */
    void status(PluginRequest request, Workplace place) throws CniException, IOException;

    /**
     * DEL: takes the interface out of the container, as far as either is there.
     *
     * @throws CniException when it is there and cannot be taken out
     */
    default void remove(PluginRequest request, PluginHost host, HostEngines engines)
            throws CniException {
        Leftovers.delete(request, host, engines);
    }

    /**
     * GC: takes out the interfaces of attachments of a network that are not valid any more.
     *
     * @throws CniException when some are there and cannot be taken out
     */
    default void collect(
            PluginRequest request, List<CniAttachment> valid, PluginHost host, HostEngines engines)
            throws CniException {
        Leftovers.collect(request.networkName(), valid, host);
    }
}
