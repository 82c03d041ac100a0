package dev.kakehashi.plugins.portmap;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.IpText;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.linux.nft.TransportProtocol;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One published port (CNI conventions, {@code portMappings}).
 *
 * @param hostPort on the host, 1 to 65535
 * @param containerPort in the container, 1 to 65535
 * @param protocol of the port
 * @param hostIp the only address of the host that it is published on; 0.0.0.0 and :: stand for all
 *     of a family, empty for all of both
 */
record PortMapping(
        int hostPort, int containerPort, TransportProtocol protocol, Optional<InetAddress> hostIp) {

    private static final int MAX_PORT = 65535;

    /** Whether it is published for clients of a family. */
    boolean isOf(boolean v4) {
        return hostIp.isEmpty() || hostIp.get() instanceof Inet4Address == v4;
    }

    /**
     * The one address that clients use; empty for any, also where that is said as 0.0.0.0 or ::.
     */
    Optional<InetAddress> onlyAddress() {
        return hostIp.filter(address -> !address.isAnyLocalAddress());
    }

    /**
     * Where clients of one family find it: two mappings of one place would be in each other's way.
     */
    private record Place(
            boolean v4, int port, TransportProtocol protocol, Optional<InetAddress> address) {}

    private List<Place> places() {
        List<Place> places = new ArrayList<>(2);
        for (boolean v4 : new boolean[] {true, false}) {
            if (isOf(v4)) {
                places.add(new Place(v4, hostPort, protocol, onlyAddress()));
            }
        }
        return places;
    }

    /**
     * Reads {@code portMappings}. What is there twice counts once. One port of the host may lead to
     * one port on all addresses and to another one on a certain address, but not to two in one
     * place: nobody could reach the second.
     *
     * @throws CniException code 7 with the text of the reference plugin
     */
    static List<PortMapping> parse(List<JsonObject> entries) throws CniException {
        Set<PortMapping> mappings = new LinkedHashSet<>();
        Map<Place, PortMapping> places = new HashMap<>();
        for (JsonObject entry : entries) {
            PortMapping mapping = parse(entry);
            for (Place place : mapping.places()) {
                PortMapping other = places.putIfAbsent(place, mapping);
                if (other != null && mapping.containerPort != other.containerPort) {
                    throw invalid(
                            "host port "
                                    + mapping.hostPort
                                    + "/"
                                    + mapping.protocol.text()
                                    + " is published for two container ports: "
                                    + other.containerPort
                                    + " and "
                                    + mapping.containerPort);
                }
            }
            mappings.add(mapping);
        }
        return List.copyOf(mappings);
    }

    /** In the order of rules, the first of which has the packet: one address before all of them. */
    static List<PortMapping> mostSpecificFirst(List<PortMapping> mappings) {
        Map<String, List<PortMapping>> byPort = new LinkedHashMap<>();
        for (PortMapping mapping : mappings) {
            byPort.computeIfAbsent(
                            mapping.hostPort() + mapping.protocol().text(), _ -> new ArrayList<>())
                    .add(mapping);
        }
        List<PortMapping> all = new ArrayList<>(mappings.size());
        for (List<PortMapping> some : byPort.values()) {
            some.sort(Comparator.comparing(mapping -> mapping.onlyAddress().isEmpty()));
            all.addAll(some);
        }
        return all;
    }

    private static PortMapping parse(JsonObject entry) throws CniException {
        int containerPort = port(entry, "containerPort", "container");
        return new PortMapping(
                port(entry, "hostPort", "host"),
                containerPort,
                protocol(entry.string("protocol", "")),
                hostIp(entry.string("hostIP", "")));
    }

    private static int port(JsonObject entry, String key, String whose) throws CniException {
        int port = entry.integer(key, 0);
        if (port < 1 || port > MAX_PORT) {
            throw invalid("Invalid " + whose + " port number: " + port);
        }
        return port;
    }

    private static TransportProtocol protocol(String text) throws CniException {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "", "tcp" -> TransportProtocol.TCP;
            case "udp" -> TransportProtocol.UDP;
            case "sctp" -> TransportProtocol.SCTP;
            case "dccp" -> TransportProtocol.DCCP;
            default -> throw invalid("Invalid protocol: \"" + text + "\" (tcp, udp, sctp or dccp)");
        };
    }

    private static Optional<InetAddress> hostIp(String text) throws CniException {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Optional<InetAddress> address = IpText.parse(text);
        if (address.isEmpty()) {
            throw invalid("Invalid host IP: \"" + text + "\"");
        }
        return address;
    }

    private static CniException invalid(String msg) {
        return new CniException(CniException.INVALID_CONFIG, msg);
    }
}
