package dev.kakehashi.cni.plugin;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.result.CniResult;

/**
 * The address management a main plugin delegates to: the plugin that {@code ipam.type} of its
 * configuration names. A configuration without one has none, which is for the main plugin to judge
 * with {@link #isConfigured}.
 */
public final class Ipam {
    private final PluginRequest request;
    private final String type;

    private Ipam(PluginRequest request, String type) {
        this.request = request;
        this.type = type;
    }

    /**
     * The address management of a request's configuration.
     *
     * @throws CniException code 6 when {@code ipam} is no object or its type no string; code 7 when
     *     the type is a path
     */
    public static Ipam of(PluginRequest request) throws CniException {
        String type = request.ipamType();
        if (type.indexOf('/') >= 0) {
            throw new CniException(
                    CniException.INVALID_CONFIG,
                    "invalid ipam type \"" + type + "\": must be a plugin's name, not a path");
        }
        return new Ipam(request, type);
    }

    /** Whether the configuration names an IPAM plugin. */
    public boolean isConfigured() {
        return !type.isEmpty();
    }

    /** The plugin's type; empty when none is configured. */
    public String type() {
        return type;
    }

    /**
     * Asks for addresses. When the delegate fails, what it may have reserved is given back first.
     *
     * @throws CniException the delegate's failure; or code 7 when the answer has no address
     */
    public CniResult add() throws CniException {
        CniResult result;
        try {
            result = request.delegator().add(type, request);
        } catch (CniException e) {
            releaseAfter(e);
            throw e;
        }
        if (result.ips().isEmpty()) {
            CniException missing =
                    new CniException(
                            CniException.INVALID_CONFIG, "IPAM plugin returned missing IP config");
            releaseAfter(missing);
            throw missing;
        }
        return result;
    }

    /**
     * Gives back the addresses on the way out of a failed ADD; a second failure is attached to the
     * first.
     */
    public void releaseAfter(CniException failure) {
        try {
            del();
        } catch (CniException second) {
            failure.addSuppressed(second);
        }
    }

    /** Gives back the addresses of the attachment; does nothing when none is configured. */
    public void del() throws CniException {
        if (isConfigured()) {
            request.delegator().del(type, request);
        }
    }

    /** Verifies the reservation; does nothing when none is configured. */
    public void check() throws CniException {
        if (isConfigured()) {
            request.delegator().check(type, request);
        }
    }

    /** Removes stale reservations; does nothing when none is configured. */
    public void gc() throws CniException {
        if (isConfigured()) {
            request.delegator().gc(type, request);
        }
    }

    /** Asks whether addresses can be had; does nothing when none is configured. */
    public void status() throws CniException {
        if (isConfigured()) {
            request.delegator().status(type, request);
        }
    }
}
