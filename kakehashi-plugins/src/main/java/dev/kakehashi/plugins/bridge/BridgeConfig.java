package dev.kakehashi.plugins.bridge;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.plugins.attachment.ContainerMac;
import dev.kakehashi.plugins.attachment.HostInterfaceName;
import dev.kakehashi.plugins.veth.VethConfig;

import java.util.List;
import java.util.Optional;

/**
 * The configuration of {@code bridge}. Names and defaults are the reference plugin's.
 *
 * @param bridge the bridge's name
 * @param gateway (key isGateway) the bridge has the gateway's address
 * @param defaultGateway (key isDefaultGateway) and the container a default route over it
 * @param forceAddress whether an address of the bridge that contradicts the gateway's is replaced
 * @param severalAddresses whether the bridge may have IPv4 addresses of several subnets, which the
 *     reference plugin allows of IPv6 only: a node with several blocks of addresses needs them
 * @param masquerade (key ipMasq) what leaves the subnet gets the host's address
 * @param masqueradeBackend (key ipMasqBackend) empty to choose
 * @param mtu bytes, of the pair and of a bridge that is made; 0 for the kernel's default
 * @param hairpin whether the container reaches itself by an address that is translated to its own
 * @param promiscuous whether the bridge takes all frames
 * @param vlan the access VLAN of the container; 0 for none
 * @param trunk the tagged VLANs; empty where {@code vlanTrunk} is not given
 * @param preserveDefaultVlan whether the port keeps the bridge's default VLAN
 * @param macSpoofCheck whether frames with a foreign source address are dropped
 * @param duplicateAddressDetection {@code enabledad}, of the container's IPv6 addresses
 * @param containerInterfaceUp false for {@code disableContainerInterface}
 * @param portIsolation whether the port talks to ports that are not isolated only
 * @param hostInterfaceName the name of the pair's host end, from the configuration or {@code
 *     args.cni}, which wins; empty to choose. For one container, or for bridges that nothing else
 *     uses
 * @param mac the container's hardware address, if somebody asks for one
 */
record BridgeConfig(
        String bridge,
        boolean gateway,
        boolean defaultGateway,
        boolean forceAddress,
        boolean severalAddresses,
        boolean masquerade,
        Optional<String> masqueradeBackend,
        int mtu,
        boolean hairpin,
        boolean promiscuous,
        int vlan,
        Optional<List<Integer>> trunk,
        boolean preserveDefaultVlan,
        boolean macSpoofCheck,
        boolean duplicateAddressDetection,
        boolean containerInterfaceUp,
        boolean portIsolation,
        Optional<String> hostInterfaceName,
        Optional<MacAddress> mac)
        implements VethConfig {

    private static final String DEFAULT_BRIDGE = "cni0";
    private static final int MAX_MTU = 65535;

    /**
     * Reads and checks the configuration.
     *
     * @throws CniException with the text of the reference plugin
     */
    static BridgeConfig parse(PluginRequest request) throws CniException {
        JsonObject json = request.config();
        boolean defaultGateway = json.bool("isDefaultGateway", false);
        int vlan = json.integer("vlan", 0);
        if (vlan < 0 || vlan > 4094) {
            throw invalid("invalid VLAN ID " + vlan + " (must be between 0 and 4094)");
        }
        int mtu = json.integer("mtu", 0);
        if (mtu < 0 || mtu > MAX_MTU) {
            throw invalid("invalid MTU " + mtu + " (must be between 0 and " + MAX_MTU + ")");
        }
        BridgeConfig config =
                new BridgeConfig(
                        HostInterfaceName.check(json.string("bridge", DEFAULT_BRIDGE)),
                        defaultGateway || json.bool("isGateway", false),
                        defaultGateway,
                        json.bool("forceAddress", false),
                        json.bool("severalAddresses", false),
                        json.bool("ipMasq", false),
                        json.string("ipMasqBackend"),
                        mtu,
                        json.bool("hairpinMode", false),
                        json.bool("promiscMode", false),
                        vlan,
                        json.has("vlanTrunk")
                                ? Optional.of(VlanTrunk.parse(json.objects("vlanTrunk")))
                                : Optional.empty(),
                        json.bool("preserveDefaultVlan", false),
                        json.bool("macspoofchk", false),
                        json.bool("enabledad", false),
                        !json.bool("disableContainerInterface", false),
                        json.bool("portIsolation", false),
                        HostInterfaceName.requested(request),
                        ContainerMac.requested(request));
        config.check(!request.ipamType().isEmpty());
        return config;
    }

    private void check(boolean hasIpam) throws CniException {
        if (hasIpam && !containerInterfaceUp) {
            throw invalid("cannot use IPAM when DisableContainerInterface flag is set");
        }
        if (hairpin && promiscuous) {
            throw invalid("cannot set hairpin mode and promiscuous mode at the same time");
        }
        if (hostInterfaceName.isPresent() && hostInterfaceName.get().equals(bridge)) {
            throw invalid("hostInterfaceName is the name of the bridge: \"" + bridge + "\"");
        }
    }

    /** Whether a bridge that is made filters VLANs. */
    boolean filtersVlans() {
        return vlan != 0 || trunk.isPresent();
    }

    private static CniException invalid(String msg) {
        return new CniException(CniException.INVALID_CONFIG, msg);
    }
}
