package dev.kakehashi.state.reconcile;

import dev.kakehashi.state.Address;
import dev.kakehashi.state.FdbEntry;
import dev.kakehashi.state.Filter;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.Neighbour;
import dev.kakehashi.state.NftChain;
import dev.kakehashi.state.NftElements;
import dev.kakehashi.state.NftRules;
import dev.kakehashi.state.NftTable;
import dev.kakehashi.state.PolicyRule;
import dev.kakehashi.state.Qdisc;
import dev.kakehashi.state.ResourceKey;
import dev.kakehashi.state.Route;
import dev.kakehashi.state.Sysctl;
import dev.kakehashi.state.WireguardInterface;
import dev.kakehashi.state.WireguardTunnel;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Objects by kind, in words: {@code 2 addresses, 1 route}. */
final class Counts {
    private Counts() {}

    static String of(List<ResourceKey> keys) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        for (ResourceKey key : keys) {
            counts.merge(kind(key), 1, Integer::sum);
        }
        StringBuilder text = new StringBuilder();
        counts.forEach((kind, count) ->
                text.append(text.isEmpty() ? "" : ", ")
                        .append(count)
                        .append(' ')
                        .append(count == 1 ? kind : plural(kind)));
        return text.toString();
    }

    private static String plural(String kind) {
        return kind.endsWith("s")
                ? kind + "es"
                : kind.endsWith("y") ? kind.substring(0, kind.length() - 1) + "ies" : kind + "s";
    }

    /** What people call such an object. */
    static String kind(ResourceKey key) {
        return switch (key) {
            case Link.Key _ -> "link";
            case Address.Key _ -> "address";
            case Route.Key _ -> "route";
            case PolicyRule.Key _ -> "rule";
            case Neighbour.Key _ -> "neighbour";
            case FdbEntry.Key _ -> "forwarding entry";
            case Qdisc.Key _ -> "qdisc";
            case Filter.Key _ -> "filter";
            case Sysctl.Key _ -> "sysctl";
            case NftTable.Key _ -> "nft table";
            case NftChain.Key _ -> "nft chain";
            case NftRules.Key _ -> "set of nft rules";
            case NftElements.Key _ -> "set of nft elements";
            case WireguardInterface.Key _ -> "WireGuard key";
            case WireguardTunnel.Key _ -> "WireGuard peer";
        };
    }
}
