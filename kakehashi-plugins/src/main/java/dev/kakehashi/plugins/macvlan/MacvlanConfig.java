package dev.kakehashi.plugins.macvlan;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.rtnetlink.Macvlan;
import dev.kakehashi.plugins.attachment.ContainerMac;
import dev.kakehashi.plugins.single.Master;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * The configuration of {@code macvlan}. Names and defaults are the reference plugin's.
 *
 * @param master what it is built on
 * @param mode who may talk to whom
 * @param mtu bytes; 0 for the master's
 * @param mac the hardware address, if somebody asks for one
 * @param broadcastQueueLength (key bcqueuelen) of the master; empty for the kernel's
 */
record MacvlanConfig(
        Master.Choice master,
        Macvlan.Mode mode,
        int mtu,
        Optional<MacAddress> mac,
        OptionalInt broadcastQueueLength) {

    /**
     * Reads and checks the configuration, as far as that is possible without the master.
     *
     * @throws CniException code 6 or 7
     */
    static MacvlanConfig parse(PluginRequest request) throws CniException {
        JsonObject json = request.config();
        int queue = json.integer("bcqueuelen", 0);
        if (queue < 0) {
            throw new CniException(
                    CniException.INVALID_CONFIG,
                    "invalid bcqueuelen " + queue + " (must not be negative)");
        }
        return new MacvlanConfig(
                Master.Choice.parse(request),
                mode(json.string("mode", "")),
                json.integer("mtu", 0),
                ContainerMac.requestedOrConfigured(request),
                queue == 0 ? OptionalInt.empty() : OptionalInt.of(queue));
    }

    private static Macvlan.Mode mode(String name) throws CniException {
        return switch (name) {
            case "", "bridge" -> Macvlan.Mode.BRIDGE;
            case "private" -> Macvlan.Mode.PRIVATE;
            case "vepa" -> Macvlan.Mode.VEPA;
            case "passthru" -> Macvlan.Mode.PASSTHRU;
            default ->
                    throw new CniException(
                            CniException.INVALID_CONFIG,
                            "unknown macvlan mode: \"" + name + "\"",
                            "the modes are bridge, private, vepa and passthru");
        };
    }
}
