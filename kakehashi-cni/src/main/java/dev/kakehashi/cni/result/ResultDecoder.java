package dev.kakehashi.cni.result;

import dev.kakehashi.cni.Cidr;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.IpText;
import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonObject;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads the two shapes of results. */
final class ResultDecoder {
    private ResultDecoder() {}

    /** 0.1.0 and 0.2.0: one block a family, routes inside it. */
    static CniResult decodeIp4Ip6(JsonObject json) throws JsonException {
        List<CniIp> ips = new ArrayList<>(2);
        List<CniRoute> routes = new ArrayList<>();
        for (String family : new String[] {"ip4", "ip6"}) {
            Optional<JsonObject> block = json.object(family);
            if (block.isPresent()) {
                ips.add(
                        new CniIp(
                                cidr(block.get(), "ip", family),
                                gateway(block.get(), "gateway"),
                                OptionalInt.empty()));
                routes.addAll(routes(block.get()));
            }
        }
        return new CniResult(List.of(), ips, routes, dns(json));
    }

    /**
     * 0.3.0 and newer.
     *
     * @param extended whether interfaces carry mtu, socketPath and pciID
     */
    static CniResult decodeLists(JsonObject json, boolean extended) throws CniException {
        List<CniInterface> interfaces = new ArrayList<>();
        for (JsonObject one : json.objects("interfaces")) {
            interfaces.add(decodeInterface(one, extended));
        }
        List<CniIp> ips = new ArrayList<>();
        for (JsonObject one : json.objects("ips")) {
            ips.add(
                    new CniIp(
                            cidr(one, "address", "ips"),
                            gateway(one, "gateway"),
                            optionalInt(one, "interface")));
        }
        return new CniResult(interfaces, ips, routes(json), dns(json));
    }

    private static CniInterface decodeInterface(JsonObject json, boolean extended)
            throws JsonException {
        String name = json.string("name", "");
        String mac = json.string("mac", "");
        String sandbox = json.string("sandbox", "");
        return extended
                ? new CniInterface(
                        name,
                        mac,
                        json.integer("mtu", 0),
                        sandbox,
                        json.string("socketPath", ""),
                        json.string("pciID", ""))
                : new CniInterface(name, mac, 0, sandbox, "", "");
    }

    static List<CniRoute> routes(JsonObject json) throws JsonException {
        List<JsonObject> objects = json.objects("routes");
        List<CniRoute> routes = new ArrayList<>(objects.size());
        for (JsonObject one : objects) {
            routes.add(decodeRoute(one));
        }
        return routes;
    }

    private static CniRoute decodeRoute(JsonObject json) throws JsonException {
        return new CniRoute(
                cidr(json, "dst", "routes"),
                gateway(json, "gw"),
                json.integer("mtu", 0),
                json.integer("advmss", 0),
                json.integer("priority", 0),
                optionalInt(json, "table"),
                optionalInt(json, "scope"));
    }

    private static CniDns dns(JsonObject json) throws JsonException {
        Optional<JsonObject> dns = json.object("dns");
        return dns.isPresent() ? CniDns.decode(dns.get()) : CniDns.EMPTY;
    }

    private static Cidr cidr(JsonObject json, String key, String list) throws JsonException {
        Optional<String> text = json.string(key);
        if (text.isEmpty()) {
            throw new JsonException("an entry of \"" + list + "\" has no \"" + key + "\"");
        }
        Optional<Cidr> cidr = Cidr.parse(text.get());
        if (cidr.isEmpty()) {
            throw new JsonException("invalid CIDR address: " + text.get());
        }
        return cidr.get();
    }

    private static Optional<InetAddress> gateway(JsonObject json, String key) throws JsonException {
        String text = json.string(key, "");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Optional<InetAddress> address = IpText.parse(text);
        if (address.isEmpty()) {
            throw new JsonException("invalid IP address: " + text);
        }
        return address;
    }

    private static OptionalInt optionalInt(JsonObject json, String key) throws JsonException {
        return json.has(key) ? OptionalInt.of(json.integer(key, 0)) : OptionalInt.empty();
    }
}
