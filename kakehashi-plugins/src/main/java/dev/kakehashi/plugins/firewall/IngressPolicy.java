package dev.kakehashi.plugins.firewall;

import dev.kakehashi.cni.CniException;

/** Who may reach a container besides those whom it asked. */
enum IngressPolicy {
    /** Whomever the host lets pass. */
    OPEN(""),
    /** Of containers, those on the same bridge only. */
    SAME_BRIDGE("same-bridge"),
    /** No other container. */
    ISOLATED("isolated");

    private final String text;

    IngressPolicy(String text) {
        this.text = text;
    }

    /** As a configuration says it; empty for the default. */
    String text() {
        return text;
    }

    /**
     * The policy of a configuration's name for it.
     *
     * @throws CniException code 7 for any other name
     */
    static IngressPolicy named(String name) throws CniException {
        return switch (name) {
            case "", "open" -> OPEN;
            case "same-bridge" -> SAME_BRIDGE;
            case "isolated" -> ISOLATED;
            default ->
                    throw new CniException(
                            CniException.INVALID_CONFIG,
                            "unknown ingress policy: \"" + name + "\"");
        };
    }
}
