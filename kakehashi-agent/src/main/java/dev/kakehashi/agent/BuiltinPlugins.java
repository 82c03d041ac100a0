package dev.kakehashi.agent;

import dev.kakehashi.agent.attach.PluginRegistry;
import dev.kakehashi.ipam.HostLocal;
import dev.kakehashi.ipam.ReservationDirectories;
import dev.kakehashi.ipam.Static;
import dev.kakehashi.plugins.PluginHost;

import java.util.Map;

/** The plugins that Kakehashi has. */
final class BuiltinPlugins {
    private BuiltinPlugins() {}

    static PluginRegistry registry() {
        ReservationDirectories own = ReservationDirectories.create();
        return PluginRegistry.of(
                Map.of(
                        "host-local", host -> HostLocal.of(host::file, directories(host, own)),
                        "static", host -> Static.create()));
    }

    /**
     * What is remembered of a directory is found again by its path. In another mount namespace that
     * begins with the number of a descriptor, which the next call may use for another one.
     */
    private static ReservationDirectories directories(PluginHost host, ReservationDirectories own) {
        return host.file("/").toString().equals("/") ? own : ReservationDirectories.create();
    }
}
