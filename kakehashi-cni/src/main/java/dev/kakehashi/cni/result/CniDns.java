package dev.kakehashi.cni.result;

import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonObject;

import java.util.List;

/**
 * What a resolver should use (SPEC "ADD Success": {@code dns}; resolv.conf(5)).
 *
 * @param nameservers addresses in order of preference
 * @param domain the local domain; empty for none
 * @param search domains to search, in order
 * @param options resolver options
 */
public record CniDns(
        List<String> nameservers, String domain, List<String> search, List<String> options) {
    /** Nothing said. */
    public static final CniDns EMPTY = new CniDns(List.of(), "", List.of(), List.of());

    /** Copies the lists unless they are immutable already. */
    public CniDns {
        nameservers = List.copyOf(nameservers);
        search = List.copyOf(search);
        options = List.copyOf(options);
    }

    /**
     * Reads a {@code dns} object.
     *
     * @throws JsonException when a field has the wrong kind
     */
    public static CniDns decode(JsonObject json) throws JsonException {
        return json.isEmpty()
                ? EMPTY
                : new CniDns(
                        json.strings("nameservers"),
                        json.string("domain", ""),
                        json.strings("search"),
                        json.strings("options"));
    }

    /**
     * Whether a configuration's {@code dns} object says anything. An empty list does: it replaces
     * what IPAM answered by nothing, as the reference's bridge and ptp have it.
     */
    public static boolean isSpecified(JsonObject dns) throws JsonException {
        return dns.has("nameservers")
                || dns.has("search")
                || dns.has("options")
                || !dns.string("domain", "").isEmpty();
    }

    /** Whether nothing is said. */
    public boolean isEmpty() {
        return nameservers.isEmpty() && domain.isEmpty() && search.isEmpty() && options.isEmpty();
    }
}
