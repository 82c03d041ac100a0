package dev.kakehashi.cluster.flannel;

import dev.kakehashi.cluster.CarrierName;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.NetworkSpec;
import dev.kakehashi.cluster.VxlanSpec;
import dev.kakehashi.cluster.WireguardSpec;
import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.cni.json.JsonString;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;

import java.math.BigInteger;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Flannel's network, as its key {@code config} or its file {@code net-conf.json} says (flannel,
 * {@code Documentation/configuration.md}), with Flannel's defaults filled in.
 *
 * @param ranges the pods' addresses and how they are divided, one of each family at most
 * @param backend the type of its back end
 * @param settings the back end's own settings
 */
public record FlannelConfig(List<Range> ranges, String backend, JsonObject settings) {
    private static final int MAX_LENGTH = 64 * 1024;

    /** Every node's subnet has an address for a tunnel and for a bridge beside those of pods. */
    private static final int SMALLEST_IPV4 = 30;

    private static final int SMALLEST_IPV6 = 126;

    /** The mode of its back end wireguard where none is said. */
    private static final String SEPARATE = "separate";

    /** Of its WireGuard device for IPv6. */
    private static final int DEFAULT_PORT_IPV6 = 51821;

    /**
     * Addresses of one family.
     *
     * @param network all pods'
     * @param subnetLength prefix length of each node's part
     * @param first the first subnet that nodes get
     * @param last the last one
     */
    public record Range(IpPrefix network, int subnetLength, InetAddress first, InetAddress last) {
        /** Whether nodes may have this subnet. */
        boolean permits(IpPrefix subnet) {
            return subnet.length() == subnetLength
                    && subnet.isIpv4() == network.isIpv4()
                    && number(subnet.address()).compareTo(number(first)) >= 0
                    && number(subnet.address()).compareTo(number(last)) <= 0;
        }
    }

    /** Copies the ranges. */
    public FlannelConfig {
        ranges = List.copyOf(ranges);
    }

    /**
     * Reads it.
     *
     * @throws IllegalArgumentException saying what is wrong with it
     */
    public static FlannelConfig parse(String text) {
        if (text.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("it is longer than " + MAX_LENGTH + " characters");
        }
        try {
            JsonObject config = JsonParser.parseObject(text);
            List<Range> ranges = new ArrayList<>();
            if (config.bool("EnableIPv4", true)) {
                ranges.add(range(config, "", 24, SMALLEST_IPV4));
            }
            if (config.bool("EnableIPv6", false)) {
                ranges.add(range(config, "IPv6", 64, SMALLEST_IPV6));
            }
            if (ranges.isEmpty()) {
                throw new IllegalArgumentException("neither EnableIPv4 nor EnableIPv6");
            }
            JsonObject settings = config.object("Backend").orElse(JsonObject.EMPTY);
            return new FlannelConfig(ranges, settings.string("Type", "udp"), settings);
        } catch (JsonException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private static Range range(JsonObject config, String family, int usual, int smallest)
            throws JsonException {
        String name = family + "Network";
        IpPrefix network =
                IpPrefix.parse(
                                config.string(name)
                                        .orElseThrow(
                                                () -> new IllegalArgumentException("no " + name)))
                        .network();
        if (network.isIpv4() != family.isEmpty()) {
            throw new IllegalArgumentException(name + ": " + network + " is of the other family");
        }
        int length = config.integer(family + "SubnetLen", 0);
        if (length == 0) {
            length = network.length() <= usual - 2 ? usual : network.length() + 2;
        }
        if (length > smallest || length < network.length() + 2) {
            throw new IllegalArgumentException(
                    name
                            + " "
                            + network
                            + " cannot be divided into four subnets or more of /"
                            + length);
        }
        BigInteger size = BigInteger.ONE.shiftLeft(network.bits() - length);
        BigInteger start = number(network.address());
        BigInteger end = start.add(BigInteger.ONE.shiftLeft(network.bits() - network.length()));
        InetAddress first = bound(config, family + "SubnetMin", network, length, start.add(size));
        InetAddress last = bound(config, family + "SubnetMax", network, length, end.subtract(size));
        return new Range(network, length, first, last);
    }

    private static InetAddress bound(
            JsonObject config, String name, IpPrefix network, int length, BigInteger absent)
            throws JsonException {
        Optional<String> text = config.string(name);
        InetAddress bound =
                text.isPresent() ? IpAddresses.parse(text.get()) : address(absent, network.bits());
        if (!network.contains(bound) || !new IpPrefix(bound, length).isNetwork()) {
            throw new IllegalArgumentException(
                    name
                            + " "
                            + text.orElse("")
                            + " is not the beginning of a subnet of "
                            + network);
        }
        return bound;
    }

    static BigInteger number(InetAddress address) {
        return new BigInteger(1, address.getAddress());
    }

    static InetAddress address(BigInteger number, int bits) {
        byte[] octets = new byte[bits / 8];
        byte[] value = number.toByteArray();
        int copied = Math.min(octets.length, value.length); // a zero for the sign may be before
        System.arraycopy(value, value.length - copied, octets, octets.length - copied, copied);
        return IpAddresses.of(octets);
    }

    /** The range of a family. */
    public Optional<Range> range(boolean ipv4) {
        return ranges.stream().filter(range -> range.network().isIpv4() == ipv4).findFirst();
    }

    /** The carrier that is this back end on the wire. */
    public Optional<CarrierName> carrier() {
        return switch (backend.toLowerCase(Locale.ROOT)) {
            case "vxlan" -> Optional.of(CarrierName.VXLAN);
            case "host-gw" -> Optional.of(CarrierName.HOST_GW);
            case "wireguard" -> Optional.of(CarrierName.WIREGUARD);
            default -> Optional.empty();
        };
    }

    /**
     * The same network as a Network of ours.
     *
     * @throws IllegalArgumentException when there is no carrier that is its back end
     */
    public NetworkSpec spec() {
        CarrierName carrier =
                carrier().orElseThrow(() -> new IllegalArgumentException(noCarrier()));
        try {
            NetworkSpec spec =
                    NetworkSpec.of(ranges.stream().map(Range::network).toList())
                            .withNodePrefixLengths(
                                    length(true, NetworkSpec.DEFAULT_NODE_PREFIX_LENGTH),
                                    length(false, NetworkSpec.DEFAULT_NODE_PREFIX_LENGTH_IPV6))
                            .withCarrier(carrier);
            return spec.withVxlan(vxlan()).withWireguard(wireguard());
        } catch (JsonException e) {
            throw new IllegalArgumentException("Backend: " + e.getMessage(), e);
        }
    }

    private int length(boolean ipv4, int absent) {
        return range(ipv4).map(Range::subnetLength).orElse(absent);
    }

    private VxlanSpec vxlan() throws JsonException {
        int port = settings.integer("Port", 0);
        return new VxlanSpec(
                settings.integer("VNI", VxlanSpec.DEFAULT_VNI),
                port == 0 ? VxlanSpec.DEFAULT_PORT : port,
                settings.bool("DirectRouting", false));
    }

    private WireguardSpec wireguard() throws JsonException {
        int port = settings.integer("ListenPort", WireguardSpec.DEFAULT_PORT);
        WireguardSpec one =
                WireguardSpec.of(port, settings.integer("PersistentKeepaliveInterval", 0));
        return isSeparate()
                ? one.separated(settings.integer("ListenPortV6", DEFAULT_PORT_IPV6))
                : one;
    }

    private String noCarrier() {
        return "Flannel's back end is "
                + backend
                + ", which no carrier of Kakehashi speaks: those are vxlan, host-gw and wireguard";
    }

    /**
     * Why nodes of a Network cannot be in one network with these of Flannel, and what to do; empty
     * when they can.
     */
    public Optional<String> refuses(Network network) {
        Optional<String> problem =
                FlannelNodes.refusesPools(network).or(() -> FlannelNodes.refusesRotation(network));
        if (problem.isPresent()) {
            return problem;
        }
        NetworkSpec wanted;
        try {
            wanted = spec();
        } catch (IllegalArgumentException e) {
            return Optional.ofNullable(e.getMessage());
        }
        NetworkSpec spec = network.spec();
        if (spec.carrier() != wanted.carrier()) {
            return Optional.of(
                    FlannelNodes.otherCarrier(network, "Flannel's configuration", backend));
        }
        if (!spec.cidrs().equals(wanted.cidrs())) {
            return Optional.of(
                    different(network, "cidrs " + spec.cidrs(), "Network " + wanted.cidrs()));
        }
        Optional<String> tunnel =
                spec.carrier() == CarrierName.WIREGUARD ? refusesTunnel(network) : Optional.empty();
        if (tunnel.isPresent()) {
            return tunnel;
        }
        if (spec.carrier() == CarrierName.VXLAN
                && (spec.vxlan().vni() != wanted.vxlan().vni()
                        || spec.vxlan().port() != wanted.vxlan().port())) {
            return Optional.of(
                    different(
                            network,
                            "VNI " + spec.vxlan().vni() + " and port " + spec.vxlan().port(),
                            "VNI " + wanted.vxlan().vni() + " and Port " + wanted.vxlan().port()));
        }
        return Optional.empty();
    }

    /** What Flannel's back end wireguard can be told that ours does not do. */
    private Optional<String> refusesTunnel(Network network) {
        if (!setting("PSK", "").isEmpty()) {
            return Optional.of(
                    "Flannel's configuration has a PSK, a key that all nodes share, which nodes of"
                            + " Kakehashi do not: remove it, and start Flannel's nodes again");
        }
        boolean ours = network.spec().wireguard().separate();
        if (isSeparate() != ours && ranges.size() > 1) {
            return Optional.of(
                    different(
                            network,
                            "wireguard.separate: " + ours,
                            "Mode " + setting("Mode", SEPARATE)));
        }
        return Optional.empty();
    }

    /** Whether its nodes have a WireGuard device for each of both families. */
    private boolean isSeparate() {
        return carrier().equals(Optional.of(CarrierName.WIREGUARD))
                && ranges.size() > 1
                && setting("Mode", SEPARATE).equals(SEPARATE);
    }

    private String setting(String name, String absent) {
        return settings.find(name)
                .map(value -> value instanceof JsonString text ? text.value() : absent)
                .filter(text -> !text.isEmpty())
                .orElse(absent);
    }

    private static String different(Network network, String ours, String theirs) {
        return "Network "
                + network.name()
                + " has "
                + ours
                + ", Flannel's configuration "
                + theirs
                + ": they are one network only with the same; change one of the two";
    }
}
