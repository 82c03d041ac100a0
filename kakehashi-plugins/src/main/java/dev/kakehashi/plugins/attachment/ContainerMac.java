package dev.kakehashi.plugins.attachment;

import dev.kakehashi.cni.CniArgs;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.linux.MacAddress;

import java.util.Optional;
import java.util.Set;

/**
 * The hardware address somebody asks for: {@code runtimeConfig.mac}, else {@code args.cni.mac},
 * else {@code MAC} of CNI_ARGS (CNI conventions).
 */
public final class ContainerMac {

    private ContainerMac() {}

    /**
     * The address; empty when nobody asks for one.
     *
     * @throws CniException code 7 when the text is no unicast MAC address
     */
    public static Optional<MacAddress> requested(PluginRequest request) throws CniException {
        String text = text(request);
        return text.isEmpty() ? Optional.empty() : Optional.of(parse(text));
    }

    /**
     * The same, or if nobody asks the configuration's own {@code mac}.
     *
     * @throws CniException code 7 when the text is no unicast MAC address
     */
    public static Optional<MacAddress> requestedOrConfigured(PluginRequest request)
            throws CniException {
        String requested = text(request);
        String text = requested.isEmpty() ? request.config().string("mac", "") : requested;
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(parse(text));
        } catch (CniException e) {
            throw e.because("invalid args " + text + " for MAC addr");
        }
    }

    private static String text(PluginRequest request) throws CniException {
        String text = request.runtimeConfig().string("mac", "");
        if (text.isEmpty()) {
            text = request.configArgs().string("mac", "");
        }
        // Read in any case: an unknown key in it is an error whoever asks for an address.
        String deprecated = CniArgs.parse(request.args(), Set.of("MAC")).getOrDefault("MAC", "");
        return text.isEmpty() ? deprecated : text;
    }

    /**
     * A hardware address of a configuration.
     *
     * @throws CniException code 7 when the text is no unicast MAC address
     */
    public static MacAddress parse(String text) throws CniException {
        MacAddress mac;
        try {
            mac = MacAddress.parse(text);
        } catch (IllegalArgumentException e) {
            throw new CniException(
                    CniException.INVALID_CONFIG, "address " + text + ": invalid MAC address", e);
        }
        if (mac.isMulticast() || mac.equals(MacAddress.ZERO)) {
            throw new CniException(
                    CniException.INVALID_CONFIG,
                    "address " + text + ": not the MAC address of a single interface");
        }
        return mac;
    }
}
