package dev.kakehashi.plugins.bridge;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.plugins.attachment.Sha512;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.LinkBuilder;
import dev.kakehashi.state.LinkRef;

import java.util.List;
import java.util.Optional;

/**
 * The link that has the gateway's addresses of one VLAN of a bridge: {@code BRIDGE.VLAN}, a veth
 * whose other end is a port of the bridge in that VLAN. All attachments to the VLAN share it; it is
 * made by the first and stays, like the bridge.
 *
 * @param name {@code BRIDGE.VLAN}
 * @param pair how to make it; empty where it is there
 */
record VlanGateway(String name, Optional<Pair> pair) {

    private static final int MAX_NAME = 15;

    /**
     * A pair that is to be made.
     *
     * @param owner what it is for
     * @param mac of the end with the addresses
     * @param portMac of the port
     * @param mtu of the bridge, in bytes; 0 for the kernel's default
     */
    record Pair(BridgeConfig config, String owner, MacAddress mac, MacAddress portMac, int mtu) {}

    /**
     * The name of a configuration's gateway link; empty where the bridge has the addresses itself.
     *
     * @throws CniException code 7 when it would be too long
     */
    static Optional<String> nameFor(BridgeConfig config) throws CniException {
        if (!config.gateway() || config.vlan() == 0) {
            return Optional.empty();
        }
        String name = config.bridge() + "." + config.vlan();
        if (name.length() > MAX_NAME) {
            throw new CniException(
                    CniException.INVALID_CONFIG,
                    "the gateway of VLAN "
                            + config.vlan()
                            + " needs an interface \""
                            + name
                            + "\", which is longer than "
                            + MAX_NAME
                            + " characters: choose a shorter name for the bridge");
        }
        return Optional.of(name);
    }

    /** The gateway that is there. */
    static VlanGateway existing(String name) {
        return new VlanGateway(name, Optional.empty());
    }

    /**
     * A gateway that is to be made.
     *
     * @param mtu of the bridge, in bytes; 0 for the kernel's default
     */
    static VlanGateway create(
            String name, BridgeConfig config, MacAddress mac, MacAddress portMac, int mtu) {
        String owner = "bridge " + config.bridge() + " vlan " + config.vlan();
        return new VlanGateway(name, Optional.of(new Pair(config, owner, mac, portMac, mtu)));
    }

    void addTo(DesiredState.Builder state) {
        if (pair.isEmpty()) {
            state.host(Link.existing(name).up(true).build());
            return;
        }
        Pair make = pair.get();
        BridgeConfig config = make.config();
        String port = "veth" + Sha512.hex(make.owner(), 8);
        LinkBuilder near =
                Link.veth(name, LinkRef.host(port)).owner(make.owner()).mac(make.mac()).up(true);
        LinkBuilder far =
                Link.veth(port, LinkRef.host(name))
                        .owner(make.owner())
                        .mac(make.portMac())
                        .master(config.bridge())
                        .up(true);
        PortVlans.of(config.vlan(), List.of(), config.preserveDefaultVlan()).ifPresent(far::vlans);
        if (make.mtu() != 0) {
            near.mtu(make.mtu());
            far.mtu(make.mtu());
        }
        state.host(near.build(), far.build());
    }
}
