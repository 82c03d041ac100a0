package dev.kakehashi.plugins.tap;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.plugins.attachment.ContainerMac;
import dev.kakehashi.plugins.attachment.HostInterfaceName;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The configuration of {@code tap}. Names and defaults are the reference plugin's.
 *
 * @param multiQueue whether several descriptors may be attached
 * @param mtu bytes; 0 for the kernel's default
 * @param mac the hardware address, if somebody asks for one
 * @param owner the user who may attach besides root
 * @param group the group that may
 * @param selinuxContext the context that the device is made in
 * @param bridge a bridge in the container that it becomes a port of
 */
record TapConfig(
        boolean multiQueue,
        int mtu,
        Optional<MacAddress> mac,
        OptionalInt owner,
        OptionalInt group,
        Optional<String> selinuxContext,
        Optional<String> bridge) {

    private static final int MAX_MTU = 65535;

    /** The largest id of a user or group; the next is none (chown(2)). */
    private static final long MAX_ID = 0xffff_fffeL;

    /**
     * Reads and checks the configuration.
     *
     * @throws CniException code 6 or 7
     */
    static TapConfig parse(PluginRequest request) throws CniException {
        JsonObject json = request.config();
        int mtu = json.integer("mtu", 0);
        if (mtu < 0 || mtu > MAX_MTU) {
            throw invalid("invalid MTU " + mtu + " (must be between 0 and " + MAX_MTU + ")");
        }
        Optional<String> bridge = json.string("bridge").filter(name -> !name.isEmpty());
        if (bridge.isPresent()) {
            var _ = HostInterfaceName.check(bridge.get());
        }
        return new TapConfig(
                json.bool("multiQueue", false),
                mtu,
                ContainerMac.requestedOrConfigured(request),
                id(json, "owner"),
                id(json, "group"),
                json.string("selinuxContext").filter(context -> !context.isEmpty()),
                bridge);
    }

    private static OptionalInt id(JsonObject json, String key) throws CniException {
        OptionalLong id = json.integer(key);
        if (id.isEmpty()) {
            return OptionalInt.empty();
        }
        if (id.getAsLong() < 0 || id.getAsLong() > MAX_ID) {
            throw invalid(
                    "invalid "
                            + key
                            + " "
                            + id.getAsLong()
                            + " (must be between 0 and "
                            + MAX_ID
                            + ")");
        }
        return OptionalInt.of((int) id.getAsLong()); // unsigned, as the kernel takes it
    }

    private static CniException invalid(String msg) {
        return new CniException(CniException.INVALID_CONFIG, msg);
    }
}
