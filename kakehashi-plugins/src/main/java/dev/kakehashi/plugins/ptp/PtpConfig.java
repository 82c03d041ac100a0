package dev.kakehashi.plugins.ptp;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.plugins.attachment.HostInterfaceName;
import dev.kakehashi.plugins.veth.VethConfig;

import java.util.Optional;

/**
 * The configuration of {@code ptp}. Names and defaults are the reference plugin's.
 *
 * @param masquerade (key ipMasq) what leaves the subnet gets the host's address
 * @param masqueradeBackend (key ipMasqBackend) empty to choose
 * @param mtu bytes; 0 for the kernel's default
 * @param hostInterfaceName the name of the pair's host end; empty to choose
 * @param linkLocalGateway containers have an address each and no subnet, and all the same gateway,
 *     whatever address management says
 */
record PtpConfig(
        boolean masquerade,
        Optional<String> masqueradeBackend,
        int mtu,
        Optional<String> hostInterfaceName,
        boolean linkLocalGateway)
        implements VethConfig {

    private static final int MAX_MTU = 65535;

    /**
     * Reads and checks the configuration.
     *
     * @throws CniException code 6 or 7
     */
    static PtpConfig parse(PluginRequest request) throws CniException {
        JsonObject json = request.config();
        int mtu = json.integer("mtu", 0);
        if (mtu < 0 || mtu > MAX_MTU) {
            throw new CniException(
                    CniException.INVALID_CONFIG,
                    "invalid MTU " + mtu + " (must be between 0 and " + MAX_MTU + ")");
        }
        if (request.ipamType().isEmpty()) {
            throw new CniException(
                    CniException.INVALID_CONFIG,
                    "ptp needs an IPAM configuration: \"ipam\" with a \"type\" is missing");
        }
        return new PtpConfig(
                json.bool("ipMasq", false),
                json.string("ipMasqBackend"),
                mtu,
                HostInterfaceName.requested(request),
                json.bool("linkLocalGateway", false));
    }

    /** Always chosen. */
    @Override
    public Optional<MacAddress> mac() {
        return Optional.empty();
    }
}
