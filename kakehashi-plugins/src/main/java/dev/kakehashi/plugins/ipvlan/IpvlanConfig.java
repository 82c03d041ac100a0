package dev.kakehashi.plugins.ipvlan;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.linux.rtnetlink.Ipvlan;
import dev.kakehashi.plugins.single.Master;

/**
 * The configuration of {@code ipvlan}. Names and defaults are the reference plugin's.
 *
 * @param master what it is built on
 * @param mode at which layer packets are switched
 * @param mtu bytes; 0 for the master's. It may be larger than that: interfaces on one master reach
 *     each other without it
 */
record IpvlanConfig(Master.Choice master, Ipvlan.Mode mode, int mtu) {

    /**
     * Reads and checks the configuration, as far as that is possible without the master.
     *
     * @throws CniException code 6 or 7
     */
    static IpvlanConfig parse(PluginRequest request) throws CniException {
        JsonObject json = request.config();
        int mtu = json.integer("mtu", 0);
        if (mtu < 0) {
            throw new CniException(CniException.INVALID_CONFIG, "invalid MTU " + mtu);
        }
        return new IpvlanConfig(Master.Choice.parse(request), mode(json.string("mode", "")), mtu);
    }

    private static Ipvlan.Mode mode(String name) throws CniException {
        return switch (name) {
            case "", "l2" -> Ipvlan.Mode.L2;
            case "l3" -> Ipvlan.Mode.L3;
            case "l3s" -> Ipvlan.Mode.L3S;
            default ->
                    throw new CniException(
                            CniException.INVALID_CONFIG,
                            "unknown ipvlan mode: \"" + name + "\"",
                            "the modes are l2, l3 and l3s");
        };
    }
}
