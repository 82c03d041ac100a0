package dev.kakehashi.plugins.firewall;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.cni.result.CniResult;

import java.util.Optional;

/**
 * The configuration of {@code firewall}.
 *
 * @param backend empty for firewalld where it runs, else for whichever of iptables and nftables
 *     works
 * @param adminChain the chain with the administrator's own rules, which come first
 * @param zone of firewalld, that containers belong to
 * @param policy who may reach a container
 */
record FirewallConfig(
        Optional<FirewallBackend> backend, String adminChain, String zone, IngressPolicy policy) {

    private static final int MAX_CHAIN = 28; // XT_EXTENSION_MAXNAMELEN less the final zero

    /**
     * Reads and checks the configuration.
     *
     * @throws CniException code 7 with the text of the reference plugin
     */
    static FirewallConfig parse(PluginRequest request) throws CniException {
        JsonObject json = request.config();
        String adminChain = orDefault(json, "iptablesAdminChainName", "CNI-ADMIN");
        if (!isName(adminChain)
                || Character.isDigit(adminChain.charAt(0)) // nft takes it for a number
                || adminChain.length() > MAX_CHAIN) {
            throw invalid("iptablesAdminChainName: no name of a chain: \"" + adminChain + "\"");
        }
        return new FirewallConfig(
                backend(json.string("backend", "")),
                adminChain,
                zone(json),
                IngressPolicy.named(json.string("ingressPolicy", "")));
    }

    /** The zone of firewalld; DEL needs no more to be valid than this. */
    static String zone(JsonObject json) throws CniException {
        return orDefault(json, "firewalldZone", "trusted");
    }

    /** An empty text is none, as with the reference plugin. */
    private static String orDefault(JsonObject json, String key, String value) throws CniException {
        String text = json.string(key, "");
        return text.isEmpty() ? value : text;
    }

    private static Optional<FirewallBackend> backend(String name) throws CniException {
        return switch (name) {
            case "" -> Optional.empty();
            case "iptables" -> Optional.of(FirewallBackend.IPTABLES);
            case "nftables" -> Optional.of(FirewallBackend.NFTABLES);
            case "firewalld" -> Optional.of(FirewallBackend.FIREWALLD);
            default ->
                    throw invalid(
                            "unknown firewall backend: \""
                                    + name
                                    + "\" (iptables, nftables or firewalld)");
        };
    }

    /** Without what has a meaning to nft or iptables-restore. */
    private static boolean isName(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean plain =
                    (c >= 'a' && c <= 'z')
                            || (c >= 'A' && c <= 'Z')
                            || (c >= '0' && c <= '9')
                            || ((c == '-' || c == '_' || c == '.') && i > 0);
            if (!plain) {
                return false;
            }
        }
        return !name.isEmpty();
    }

    /**
     * The bridge that containers are kept apart by: the first interface of the previous result.
     *
     * @return empty when the policy keeps nobody apart
     * @throws CniException code 7 when there is none
     */
    Optional<String> bridge(CniResult result) throws CniException {
        if (policy == IngressPolicy.OPEN) {
            return Optional.empty();
        }
        if (result.interfaces().isEmpty() || !isName(result.interfaces().getFirst().name())) {
            throw invalid(
                    "interface needs to be set for ingress policy \""
                            + policy.text()
                            + "\", make sure to chain \"firewall\" plugin with \"bridge\"");
        }
        return Optional.of(result.interfaces().getFirst().name());
    }

    private static CniException invalid(String msg) {
        return new CniException(CniException.INVALID_CONFIG, msg);
    }
}
