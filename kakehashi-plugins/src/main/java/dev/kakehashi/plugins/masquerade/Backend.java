package dev.kakehashi.plugins.masquerade;

import dev.kakehashi.cni.CniException;

/** Whose rules masquerade a container's addresses. */
public enum Backend {
    IPTABLES,
    NFTABLES;

    /**
     * The backend of a configuration's name for it.
     *
     * @throws CniException code 7 for any other name
     */
    static Backend named(String name) throws CniException {
        return switch (name) {
            case "iptables" -> IPTABLES;
            case "nftables" -> NFTABLES;
            default ->
                    throw new CniException(
                            CniException.INVALID_CONFIG, "unknown ipmasq backend \"" + name + "\"");
        };
    }
}
