package dev.kakehashi.cni.plugin;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.CniVersion;

import java.util.List;

/**
 * Whether a plugin may be called with a command for a configuration of some version; texts are the
 * reference library's.
 */
final class VersionGate {
    private VersionGate() {}

    /**
     * Lets the call pass.
     *
     * @param configVersion as the configuration wrote it, never empty
     * @throws CniException code 1 when the plugin or the version knows no such command or the
     *     plugin does not list the version; code 6 when the version is none
     */
    static void check(CniCommand command, String configVersion, List<CniVersion> supported)
            throws CniException {
        switch (command) {
            case CHECK -> checkSince(CniVersion.V0_4_0, command, configVersion, supported);
            case GC, STATUS -> checkSince(CniVersion.V1_1_0, command, configVersion, supported);
            default -> {}
        }
        for (int i = 0; i < supported.size(); i++) {
            if (supported.get(i).toString().equals(configVersion)) {
                return;
            }
        }
        throw new CniException(
                CniException.INCOMPATIBLE_VERSION,
                "incompatible CNI versions",
                "config is \"" + configVersion + "\", plugin supports " + list(supported));
    }

    private static void checkSince(
            CniVersion since, CniCommand command, String configVersion, List<CniVersion> supported)
            throws CniException {
        CniVersion version = CniVersion.parse(configVersion);
        if (!version.atLeast(since)) {
            throw new CniException(
                    CniException.INCOMPATIBLE_VERSION, "config version does not allow " + command);
        }
        for (int i = 0; i < supported.size(); i++) {
            if (supported.get(i).atLeast(version)) {
                return;
            }
        }
        throw new CniException(
                CniException.INCOMPATIBLE_VERSION, "plugin version does not allow " + command);
    }

    private static String list(List<CniVersion> supported) {
        StringBuilder out = new StringBuilder("[");
        for (CniVersion version : supported) {
            out.append(out.length() > 1 ? " \"" : "\"").append(version).append('"');
        }
        return out.append(']').toString();
    }
}
