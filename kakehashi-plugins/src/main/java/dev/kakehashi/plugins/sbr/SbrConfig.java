package dev.kakehashi.plugins.sbr;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.IpText;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.plugin.PluginRequest;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The configuration of {@code sbr}. Names are the reference plugin's.
 *
 * @param table the routing table that all addresses look into, which somebody else fills; empty: a
 *     free one for each address, with copies of the interface's routes
 * @param gateway4 (key gateways) IPv4 router of the default route in the tables
 * @param gateway6 (key gateways) IPv6 router of the default route in the tables
 * @param sourceHints (key addSourceHints) leaves the routes to subnets in the main table, with the
 *     address as source
 */
record SbrConfig(
        OptionalInt table,
        Optional<InetAddress> gateway4,
        Optional<InetAddress> gateway6,
        boolean sourceHints) {

    private static final int RESERVED_TABLE = 253; // RT_TABLE_DEFAULT, the first of three

    /**
     * Reads and checks the configuration.
     *
     * @throws CniException code 6 or 7
     */
    static SbrConfig parse(PluginRequest request) throws CniException {
        JsonObject json = request.config();
        List<String> gateways = json.strings("gateways");
        if (gateways.size() > 2) {
            throw invalid("gateways list cannot contain more than 2 entries (one IPv4, one IPv6)");
        }
        Optional<InetAddress> v4 = Optional.empty();
        Optional<InetAddress> v6 = Optional.empty();
        for (String text : gateways) {
            InetAddress gateway = gateway(text);
            if (gateway instanceof Inet4Address) {
                v4 = Optional.of(single("IPv4", v4, gateway));
            } else {
                v6 = Optional.of(single("IPv6", v6, gateway));
            }
        }
        return new SbrConfig(table(json), v4, v6, json.bool("addSourceHints", false));
    }

    private static OptionalInt table(JsonObject json) throws CniException {
        if (!json.has("table")) {
            return OptionalInt.empty();
        }
        int table = json.integer("table", 0);
        if (table <= 0) {
            throw invalid("invalid routing table " + table);
        }
        return OptionalInt.of(table);
    }

    private static InetAddress gateway(String text) throws CniException {
        return IpText.parse(text)
                .orElseThrow(() -> invalid("invalid static gateway IP address: " + text));
    }

    private static InetAddress single(
            String family, Optional<InetAddress> before, InetAddress gateway) throws CniException {
        if (before.isPresent()) {
            throw invalid(
                    "gateways list contains multiple "
                            + family
                            + " addresses: "
                            + IpText.format(before.get())
                            + " and "
                            + IpText.format(gateway));
        }
        return gateway;
    }

    private static CniException invalid(String msg) {
        return new CniException(CniException.INVALID_CONFIG, msg);
    }

    /** The configured router of a family. */
    Optional<InetAddress> gateway(boolean v4) {
        return v4 ? gateway4 : gateway6;
    }

    /** Whether a table is free to be taken as far as its number says. */
    static boolean isOrdinary(int table) {
        return table < RESERVED_TABLE || table > RESERVED_TABLE + 2;
    }
}
