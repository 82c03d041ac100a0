package dev.kakehashi.plugins.attachment;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.CniNames;
import dev.kakehashi.cni.plugin.PluginRequest;

import java.util.Optional;

/**
 * The name somebody wants the host's end of a pair to have: {@code hostInterfaceName} of {@code
 * args.cni}, else of the configuration, where it serves networks of a single container. Podman has
 * the option {@code host_interface_name} for the same purpose.
 */
public final class HostInterfaceName {

    private static final String KEY = "hostInterfaceName";

    private HostInterfaceName() {}

    /**
     * The name; empty when nobody wants one.
     *
     * @throws CniException code 7 when no interface can have it
     */
    public static Optional<String> requested(PluginRequest request) throws CniException {
        String name = request.configArgs().string(KEY, request.config().string(KEY, ""));
        return name.isEmpty() ? Optional.empty() : Optional.of(check(name));
    }

    /**
     * An interface name of a configuration.
     *
     * @throws CniException code 7 when no interface can have it
     */
    public static String check(String name) throws CniException {
        try {
            CniNames.checkInterfaceName(name);
        } catch (CniException e) {
            throw new CniException(
                    CniException.INVALID_CONFIG, "\"" + name + "\": " + e.msg(), e.details());
        }
        requireLiteral(name, CniException.INVALID_CONFIG);
        return name;
    }

    /**
     * Makes sure that the kernel gives an interface just this name: it takes {@code %} for the
     * beginning of a pattern ({@code dev_alloc_name} of net/core/dev.c).
     *
     * @throws CniException with the code, when it would not, or nobody could write the name
     */
    static void requireLiteral(String name, int code) throws CniException {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '%' || c < ' ' || c == 0x7f) {
                throw new CniException(
                        code,
                        "interface name contains a percent sign or a control character",
                        "\"" + name + "\" would not be the name that the kernel gives it");
            }
        }
    }
}
