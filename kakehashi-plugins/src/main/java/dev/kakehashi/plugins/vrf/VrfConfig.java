package dev.kakehashi.plugins.vrf;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.plugins.attachment.HostInterfaceName;

import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The configuration of {@code vrf}. Names are the reference plugin's.
 *
 * @param name (key vrfname) the VRF's link
 * @param table its routing table; empty: that of the VRF if it is there, else a free one
 */
record VrfConfig(String name, OptionalInt table) {

    private static final long MAX_TABLE = 0xffff_ffffL;

    /**
     * Reads and checks the configuration.
     *
     * @throws CniException code 6 or 7
     */
    static VrfConfig parse(PluginRequest request) throws CniException {
        String name = request.config().string("vrfname", "");
        if (name.isEmpty()) {
            throw new CniException(
                    CniException.INVALID_CONFIG,
                    "configuration is expected to have a valid vrf name",
                    "\"vrfname\" is missing");
        }
        OptionalLong table = request.config().integer("table");
        long number = table.orElse(0);
        if (number < 0 || number > MAX_TABLE) {
            throw new CniException(CniException.INVALID_CONFIG, "invalid routing table " + number);
        }
        return new VrfConfig(
                HostInterfaceName.check(name),
                number == 0 ? OptionalInt.empty() : OptionalInt.of((int) number));
    }
}
