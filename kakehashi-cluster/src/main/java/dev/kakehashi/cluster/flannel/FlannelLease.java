package dev.kakehashi.cluster.flannel;

import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonNull;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.cni.json.JsonString;
import dev.kakehashi.cni.json.JsonValue;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A node's lease of its subnets, as Flannel's etcd subnet manager writes it: the key {@code
 * PREFIX/subnets/10.244.1.0-24}, or {@code …/10.244.1.0-24&fd00:244:1::-64} with both families, and
 * a value of JSON (flannel, {@code pkg/subnet/subnet.go}, {@code pkg/lease/lease.go}).
 *
 * @param subnets the pods' addresses, IPv4 first
 * @param publicIp the node's IPv4 address on the underlay
 * @param publicIpv6 the same of IPv6
 * @param backend the type of the back end
 * @param data what the back end of IPv4 tells other nodes, as JSON
 * @param dataIpv6 the same of IPv6
 */
public record FlannelLease(
        List<IpPrefix> subnets,
        Optional<InetAddress> publicIp,
        Optional<InetAddress> publicIpv6,
        String backend,
        Optional<String> data,
        Optional<String> dataIpv6) {
    /** As Flannel's {@code IP4} is written when there is none. */
    private static final String NO_ADDRESS = "0.0.0.0";

    private static final int MAX_LENGTH = 16 * 1024;

    /** Copies the subnets. */
    public FlannelLease {
        subnets = List.copyOf(subnets);
    }

    /**
     * Reads a lease.
     *
     * @param key the last part of its key
     * @throws IllegalArgumentException saying what is wrong with it
     */
    public static FlannelLease parse(String key, String value) {
        List<IpPrefix> subnets = subnets(key);
        if (value.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("it is longer than " + MAX_LENGTH + " characters");
        }
        try {
            JsonObject attributes = JsonParser.parseObject(value);
            return new FlannelLease(
                    subnets,
                    address(attributes, "PublicIP", true),
                    address(attributes, "PublicIPv6", false),
                    attributes.string("BackendType", ""),
                    data(attributes, "BackendData"),
                    data(attributes, "BackendV6Data"));
        } catch (JsonException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private static List<IpPrefix> subnets(String key) {
        List<IpPrefix> subnets = new ArrayList<>();
        for (String part : key.split("&", -1)) {
            int dash = part.lastIndexOf('-');
            if (dash < 0 || subnets.size() == 2) {
                throw new IllegalArgumentException("its key is not of the form ADDRESS-LENGTH");
            }
            IpPrefix subnet =
                    IpPrefix.parse(part.substring(0, dash) + "/" + part.substring(dash + 1));
            if (!subnet.isNetwork() || subnet.isIpv4() != subnets.isEmpty()) {
                throw new IllegalArgumentException(
                        "its key is not an IPv4 subnet, alone or with one of IPv6");
            }
            subnets.add(subnet);
        }
        return subnets;
    }

    private static Optional<InetAddress> address(JsonObject attributes, String name, boolean ipv4)
            throws JsonException {
        if (attributes.find(name).orElse(JsonNull.NULL) instanceof JsonNull) {
            return Optional.empty();
        }
        String text = attributes.string(name, "");
        if (text.isEmpty() || text.equals(NO_ADDRESS)) {
            return Optional.empty();
        }
        InetAddress address = IpAddresses.parse(text);
        if (IpPrefix.host(address).isIpv4() != ipv4) {
            throw new IllegalArgumentException(name + " " + text + " is of the other family");
        }
        return Optional.of(address);
    }

    private static Optional<String> data(JsonObject attributes, String name) {
        return attributes
                .find(name)
                .filter(data -> !(data instanceof JsonNull))
                .map(JsonValue::toString);
    }

    /** The last part of its key. */
    public String key() {
        StringBuilder key = new StringBuilder();
        for (IpPrefix subnet : subnets) {
            key.append(key.isEmpty() ? "" : "&")
                    .append(IpAddresses.format(subnet.address()))
                    .append('-')
                    .append(subnet.length());
        }
        return key.toString();
    }

    /**
     * Its value.
     *
     * @throws IllegalStateException when the data of the back end is no JSON
     */
    public String value() {
        JsonObject.Builder value =
                JsonObject.builder()
                        .put("PublicIP", publicIp.map(IpAddresses::format).orElse(NO_ADDRESS));
        value.put(
                "PublicIPv6",
                publicIpv6
                        .<JsonValue>map(ip -> new JsonString(IpAddresses.format(ip)))
                        .orElse(JsonNull.NULL));
        value.put("BackendType", backend);
        data.ifPresent(text -> value.put("BackendData", json(text)));
        dataIpv6.ifPresent(text -> value.put("BackendV6Data", json(text)));
        return value.build().toString();
    }

    private static JsonValue json(String text) {
        try {
            return JsonParser.parse(text);
        } catch (JsonException e) {
            throw new IllegalStateException("data of a back end: " + e.getMessage(), e);
        }
    }

    /** The node's address of a family. */
    public Optional<InetAddress> address(boolean ipv4) {
        return ipv4 ? publicIp : publicIpv6;
    }

    /** Whether it is the lease of the node with this address. */
    public boolean isOf(InetAddress address) {
        return publicIp.equals(Optional.of(address)) || publicIpv6.equals(Optional.of(address));
    }
}
