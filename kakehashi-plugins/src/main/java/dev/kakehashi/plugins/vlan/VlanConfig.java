package dev.kakehashi.plugins.vlan;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.plugins.single.Master;
import dev.kakehashi.plugins.single.RequiredIpam;

/**
 * The configuration of {@code vlan}. Names and defaults are the reference plugin's.
 *
 * @param master what it is built on
 * @param id (key vlanId) 0 to 4094; 0 is for frames with a priority only (IEEE 802.1Q)
 * @param mtu bytes; 0 for the master's
 */
record VlanConfig(Master.Choice master, int id, int mtu) {

    private static final int MAX_ID = 4094;

    /**
     * Reads and checks the configuration, as far as that is possible without the master.
     *
     * @throws CniException code 6 or 7
     */
    static VlanConfig parse(PluginRequest request) throws CniException {
        JsonObject json = request.config();
        Master.Choice master = Master.Choice.parse(request);
        if (master.name().isEmpty()) {
            throw invalid(
                    "\"master\" field is required. It specifies the host interface name to create"
                            + " the VLAN for");
        }
        int id = json.integer("vlanId", 0);
        if (id < 0 || id > MAX_ID) {
            // The reference plugin's words; 4095 is reserved, and refused there too.
            throw invalid("invalid VLAN ID " + id + " (must be between 0 and 4095 inclusive)");
        }
        RequiredIpam.in(request, "failed to execute IPAM delegate: vlan needs an IPAM plugin");
        return new VlanConfig(master, id, json.integer("mtu", 0));
    }

    private static CniException invalid(String msg) {
        return new CniException(CniException.INVALID_CONFIG, msg);
    }
}
