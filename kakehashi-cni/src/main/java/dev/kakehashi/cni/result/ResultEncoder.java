package dev.kakehashi.cni.result;

import dev.kakehashi.cni.CniVersion;
import dev.kakehashi.cni.IpText;
import dev.kakehashi.cni.json.JsonArray;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonValue;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Writes the three shapes of results with the reference's order of keys: as declared before 1.0.0,
 * alphabetical from then on.
 */
final class ResultEncoder {
    private ResultEncoder() {}

    /** 0.1.0 and 0.2.0: the first address of each family with the routes of that family. */
    static JsonObject encodeIp4Ip6(CniResult result, CniVersion version) {
        JsonObject.Builder out = JsonObject.builder().put("cniVersion", version.toString());
        family(out, "ip4", result, true);
        family(out, "ip6", result, false);
        return out.put("dns", dns(result.dns(), false)).build();
    }

    private static void family(JsonObject.Builder out, String key, CniResult result, boolean ipv4) {
        for (CniIp ip : result.ips()) {
            if (ip.address().isIpv4() != ipv4) {
                continue;
            }
            JsonObject.Builder block = JsonObject.builder().put("ip", ip.address().toString());
            putAddress(block, "gateway", ip.gateway());
            List<JsonValue> routes = new ArrayList<>();
            for (CniRoute route : result.routes()) {
                if (route.destination().isIpv4() == ipv4) {
                    JsonObject.Builder entry =
                            JsonObject.builder().put("dst", route.destination().toString());
                    putAddress(entry, "gw", route.gateway());
                    routes.add(entry.build());
                }
            }
            putUnlessEmpty(block, "routes", routes);
            out.put(key, block.build());
            return;
        }
    }

    /** 0.3.0 to 0.4.0: addresses marked with their family; {@code dns} always there. */
    static JsonObject encodeMarked(CniResult result, CniVersion version) {
        List<JsonValue> interfaces = new ArrayList<>(result.interfaces().size());
        for (CniInterface one : result.interfaces()) {
            interfaces.add(
                    JsonObject.builder()
                            .put("name", one.name())
                            .putUnlessEmpty("mac", one.mac())
                            .putUnlessEmpty("sandbox", one.sandbox())
                            .build());
        }
        List<JsonValue> ips = new ArrayList<>(result.ips().size());
        for (CniIp ip : result.ips()) {
            JsonObject.Builder entry =
                    JsonObject.builder().put("version", ip.address().isIpv4() ? "4" : "6");
            putNumber(entry, "interface", ip.interfaceIndex());
            entry.put("address", ip.address().toString());
            putAddress(entry, "gateway", ip.gateway());
            ips.add(entry.build());
        }
        List<JsonValue> routes = new ArrayList<>(result.routes().size());
        for (CniRoute route : result.routes()) {
            routes.add(route(route));
        }
        JsonObject.Builder out = JsonObject.builder().put("cniVersion", version.toString());
        putUnlessEmpty(out, "interfaces", interfaces);
        putUnlessEmpty(out, "ips", ips);
        putUnlessEmpty(out, "routes", routes);
        return out.put("dns", dns(result.dns(), false)).build();
    }

    private static JsonObject route(CniRoute route) {
        JsonObject.Builder entry = JsonObject.builder().put("dst", route.destination().toString());
        putAddress(entry, "gw", route.gateway());
        entry.putUnlessZero("mtu", route.mtu())
                .putUnlessZero("advmss", route.advmss())
                .putUnlessZero("priority", route.priority());
        putNumber(entry, "table", route.table());
        putNumber(entry, "scope", route.scope());
        return entry.build();
    }

    /** 1.0.0 and newer: every key in alphabetical order, nothing empty. */
    static JsonObject encodeCurrent(CniResult result, CniVersion version) {
        JsonObject.Builder out = JsonObject.builder().put("cniVersion", version.toString());
        if (!result.dns().isEmpty()) {
            out.put("dns", dns(result.dns(), true));
        }
        List<JsonValue> interfaces = new ArrayList<>(result.interfaces().size());
        for (CniInterface one : result.interfaces()) {
            interfaces.add(
                    JsonObject.builder()
                            .putUnlessEmpty("mac", one.mac())
                            .putUnlessZero("mtu", one.mtu())
                            .put("name", one.name())
                            .putUnlessEmpty("pciID", one.pciId())
                            .putUnlessEmpty("sandbox", one.sandbox())
                            .putUnlessEmpty("socketPath", one.socketPath())
                            .build());
        }
        putUnlessEmpty(out, "interfaces", interfaces);
        List<JsonValue> ips = new ArrayList<>(result.ips().size());
        for (CniIp ip : result.ips()) {
            JsonObject.Builder entry = JsonObject.builder().put("address", ip.address().toString());
            putAddress(entry, "gateway", ip.gateway());
            putNumber(entry, "interface", ip.interfaceIndex());
            ips.add(entry.build());
        }
        putUnlessEmpty(out, "ips", ips);
        List<JsonValue> routes = new ArrayList<>(result.routes().size());
        for (CniRoute route : result.routes()) {
            routes.add(sortedRoute(route));
        }
        putUnlessEmpty(out, "routes", routes);
        return out.build();
    }

    private static JsonObject sortedRoute(CniRoute route) {
        JsonObject.Builder entry =
                JsonObject.builder()
                        .putUnlessZero("advmss", route.advmss())
                        .put("dst", route.destination().toString());
        putAddress(entry, "gw", route.gateway());
        entry.putUnlessZero("mtu", route.mtu()).putUnlessZero("priority", route.priority());
        putNumber(entry, "scope", route.scope());
        putNumber(entry, "table", route.table());
        return entry.build();
    }

    private static JsonObject dns(CniDns dns, boolean sorted) {
        JsonObject.Builder out = JsonObject.builder();
        if (sorted) {
            out.putUnlessEmpty("domain", dns.domain());
        }
        out.putUnlessEmpty("nameservers", dns.nameservers());
        if (sorted) {
            out.putUnlessEmpty("options", dns.options());
        } else {
            out.putUnlessEmpty("domain", dns.domain());
        }
        out.putUnlessEmpty("search", dns.search());
        if (!sorted) {
            out.putUnlessEmpty("options", dns.options());
        }
        return out.build();
    }

    private static void putUnlessEmpty(JsonObject.Builder out, String key, List<JsonValue> values) {
        if (!values.isEmpty()) {
            out.put(key, new JsonArray(values));
        }
    }

    private static void putAddress(
            JsonObject.Builder out, String key, Optional<InetAddress> address) {
        if (address.isPresent()) {
            out.put(key, IpText.format(address.get()));
        }
    }

    private static void putNumber(JsonObject.Builder out, String key, OptionalInt number) {
        if (number.isPresent()) {
            out.put(key, number.getAsInt());
        }
    }
}
