package dev.kakehashi.plugins.portmap;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.plugins.masquerade.Backend;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The configuration of {@code portmap}.
 *
 * @param backend whose rules publish ports; empty for whichever works
 * @param snat whether connections whose answers would not come back through the host get the host's
 *     address: those from the container itself, from its neighbours on one link, from localhost
 * @param masqueradeAll whether all connections do
 * @param markBit of the packet mark that iptables' rules use, 0 to 31
 * @param setMarkChain a chain of others that marks packets for masquerade, in place of ours
 * @param conditionsV4 further conditions of IPv4 packets, in the words of the backend
 * @param conditionsV6 further conditions of IPv6 packets
 * @param mappings what the runtime asks for
 */
record PortmapConfig(
        Optional<Backend> backend,
        boolean snat,
        boolean masqueradeAll,
        int markBit,
        Optional<String> setMarkChain,
        List<String> conditionsV4,
        List<String> conditionsV6,
        List<PortMapping> mappings) {

    private static final int DEFAULT_MARK_BIT = 13;
    private static final int MAX_CHAIN = 28; // XT_EXTENSION_MAXNAMELEN less the final zero

    /**
     * Reads and checks the configuration.
     *
     * @throws CniException code 7 with the text of the reference plugin
     */
    static PortmapConfig parse(PluginRequest request) throws CniException {
        try {
            return read(request);
        } catch (CniException e) {
            throw e.because("failed to parse config");
        }
    }

    private static PortmapConfig read(PluginRequest request) throws CniException {
        JsonObject json = request.config();
        Optional<String> setMarkChain = json.string("externalSetMarkChain");
        if (setMarkChain.isPresent() && json.has("markMasqBit")) {
            throw invalid("Cannot specify externalSetMarkChain and markMasqBit");
        }
        if (setMarkChain.isPresent() && !isChainName(setMarkChain.get())) {
            throw invalid(
                    "externalSetMarkChain: no name of a chain: \"" + setMarkChain.get() + "\"");
        }
        int markBit = json.integer("markMasqBit", DEFAULT_MARK_BIT);
        if (markBit < 0 || markBit > 31) {
            throw invalid("MasqMarkBit must be between 0 and 31");
        }
        List<String> v4 = conditions(json, "conditionsV4");
        List<String> v6 = conditions(json, "conditionsV6");
        return new PortmapConfig(
                backend(json.string("backend"), setMarkChain, v4, v6),
                json.bool("snat", true),
                json.bool("masqAll", false),
                markBit,
                setMarkChain,
                v4,
                v6,
                PortMapping.parse(request.runtimeConfig().objects("portMappings")));
    }

    private static boolean isChainName(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) <= ' ' || name.charAt(i) == '"') {
                return false;
            }
        }
        return !name.isEmpty() && name.length() <= MAX_CHAIN && name.charAt(0) != '-';
    }

    private static List<String> conditions(JsonObject json, String key) throws CniException {
        List<String> tokens = json.strings(key);
        for (String token : tokens) {
            if (token.indexOf('\n') >= 0 || token.indexOf(';') >= 0) {
                throw invalid(
                        key + ": a condition is part of one rule, without line ends and \";\"");
            }
        }
        return tokens;
    }

    private static Optional<Backend> backend(
            Optional<String> configured,
            Optional<String> setMarkChain,
            List<String> v4,
            List<String> v6)
            throws CniException {
        List<String> iptables = new ArrayList<>(0);
        List<String> nftables = new ArrayList<>(0);
        if (setMarkChain.isPresent()) {
            iptables.add("externalSetMarkChain");
        }
        if (!v4.isEmpty()) {
            (isOfIptables(v4) ? iptables : nftables).add("conditionsV4");
        }
        if (!v6.isEmpty()) {
            (isOfIptables(v6) ? iptables : nftables).add("conditionsV6");
        }
        if (configured.isEmpty()) {
            if (!iptables.isEmpty() && !nftables.isEmpty()) {
                throw invalid(
                        "configuration contains both iptables-specific options "
                                + list(iptables)
                                + " and nftables-specific options "
                                + list(nftables));
            }
            return iptables.isEmpty()
                    ? nftables.isEmpty() ? Optional.empty() : Optional.of(Backend.NFTABLES)
                    : Optional.of(Backend.IPTABLES);
        }
        return switch (configured.get()) {
            case "iptables" -> chosen(Backend.IPTABLES, "iptables", "nftables", nftables);
            case "nftables" -> chosen(Backend.NFTABLES, "nftables", "iptables", iptables);
            default -> throw invalid("unrecognized backend \"" + configured.get() + "\"");
        };
    }

    private static Optional<Backend> chosen(
            Backend backend, String name, String other, List<String> unusable) throws CniException {
        if (!unusable.isEmpty()) {
            throw invalid(
                    name
                            + " backend was requested but configuration contains "
                            + other
                            + "-specific options "
                            + list(unusable));
        }
        return Optional.of(backend);
    }

    /** As Go prints a list. */
    private static String list(List<String> names) {
        return "[" + String.join(" ", names) + "]";
    }

    private static boolean isOfIptables(List<String> conditions) {
        return conditions.getFirst().startsWith("-") || conditions.getFirst().startsWith("!");
    }

    /** The conditions of a family. */
    List<String> conditions(boolean v4) {
        return v4 ? conditionsV4 : conditionsV6;
    }

    /** Whether ports are published under conditions. */
    boolean isConditional() {
        return !conditionsV4.isEmpty() || !conditionsV6.isEmpty();
    }

    private static CniException invalid(String msg) {
        return new CniException(CniException.INVALID_CONFIG, msg);
    }
}
