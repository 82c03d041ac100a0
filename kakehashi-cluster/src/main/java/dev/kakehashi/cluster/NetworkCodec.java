package dev.kakehashi.cluster;

import dev.kakehashi.linux.IpPrefix;

import java.time.Duration;
import java.util.List;

/** Reads and writes Networks. */
final class NetworkCodec implements Kind.Codec<Network> {
    private static final int MAX_VNI = (1 << 24) - 1;
    private static final int MAX_PORT = 65535;

    /** WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL is a u16 (linux/wireguard.h). */
    private static final int MAX_KEEPALIVE = 65535;

    /** Ten years. */
    private static final int MAX_ROTATION_HOURS = 10 * 365 * 24;

    /** A right that runs out while the store is asked for it again is none. */
    private static final int MIN_OFFLINE_SECONDS = 3;

    private static final int MAX_OFFLINE_SECONDS = 30 * 24 * 3600;

    @Override
    public Network decode(Metadata metadata, Fields fields, Tree origin) {
        Fields spec = fields.section("spec");
        NetworkSpec read =
                new NetworkSpec(
                        spec.networks("cidrs"),
                        spec.integer("nodePrefixLength", 1, 30)
                                .orElse(NetworkSpec.DEFAULT_NODE_PREFIX_LENGTH),
                        spec.integer("nodePrefixLengthIPv6", 1, 126)
                                .orElse(NetworkSpec.DEFAULT_NODE_PREFIX_LENGTH_IPV6),
                        spec.choice("carrier", CarrierName.class, CarrierName.VXLAN),
                        spec.choice("podLink", PodLink.class, PodLink.BRIDGE),
                        dataplane(spec),
                        spec.integer("mtu", NetworkSpec.MIN_MTU, NetworkSpec.MAX_MTU).orElse(0),
                        spec.bool("masquerade", true),
                        spec.choice("crossSubnet", CrossSubnet.class, CrossSubnet.REFUSE),
                        vxlan(spec.section("vxlan")),
                        ipip(spec.section("ipip")),
                        wireguard(spec.section("wireguard")),
                        ipam(spec.section("ipam")),
                        bgp(spec.section("bgp")));
        checkCidrs(spec, read);
        checkFamilies(spec, read);
        spec.warnOfUnknown();
        List<Condition> conditions = ConditionCodec.decode(fields.section("status"));
        fields.warnOfUnknown();
        return new Network(metadata, read, conditions, origin);
    }

    @Override
    public void encode(Network network, TreeEditor tree) {
        NetworkSpec spec = network.spec();
        NetworkSpec defaults = NetworkSpec.of(spec.cidrs());
        TreeEditor to = tree.section("spec");
        to.set("cidrs", spec.cidrs().stream().map(IpPrefix::toString).toList());
        to.setUnlessDefault(
                "nodePrefixLength", spec.nodePrefixLength(), defaults.nodePrefixLength());
        to.setUnlessDefault(
                "nodePrefixLengthIPv6",
                spec.nodePrefixLengthIpv6(),
                defaults.nodePrefixLengthIpv6());
        to.set("carrier", spec.carrier().toString());
        to.setUnlessDefault("podLink", spec.podLink().toString(), defaults.podLink().toString());
        to.setUnlessDefault(
                "dataplane", spec.dataplane().toString(), defaults.dataplane().toString());
        if (spec.mtu() == 0) {
            to.remove("mtu");
        } else {
            to.set("mtu", spec.mtu());
        }
        to.setUnlessDefault("masquerade", spec.masquerade(), defaults.masquerade());
        to.setUnlessDefault(
                "crossSubnet", spec.crossSubnet().toString(), defaults.crossSubnet().toString());
        TreeEditor vxlan = to.section("vxlan");
        vxlan.setUnlessDefault("vni", spec.vxlan().vni(), VxlanSpec.DEFAULT_VNI);
        vxlan.setUnlessDefault("port", spec.vxlan().port(), VxlanSpec.DEFAULT_PORT);
        vxlan.setUnlessDefault("directRouting", spec.vxlan().directRouting(), false);
        to.dropIfEmpty("vxlan");
        to.section("ipip").setUnlessDefault("directRouting", spec.ipip().directRouting(), false);
        to.dropIfEmpty("ipip");
        TreeEditor wireguard = to.section("wireguard");
        wireguard.setUnlessDefault("port", spec.wireguard().port(), WireguardSpec.DEFAULT_PORT);
        wireguard.setUnlessDefault(
                "secondPort",
                spec.wireguard().secondPort(),
                WireguardSpec.portBeside(spec.wireguard().port()));
        wireguard.setUnlessDefault(
                "rotationHours", Math.toIntExact(spec.wireguard().rotation().toHours()), 0);
        wireguard.setUnlessDefault(
                "persistentKeepalive", spec.wireguard().persistentKeepalive(), 0);
        wireguard.setUnlessDefault("separate", spec.wireguard().separate(), false);
        to.dropIfEmpty("wireguard");
        TreeEditor ipam = to.section("ipam");
        ipam.setUnlessDefault(
                "type", spec.ipam().type().toString(), defaults.ipam().type().toString());
        ipam.setUnlessDefault("minFree", spec.ipam().minFree(), IpamSpec.DEFAULT_MIN_FREE);
        ipam.setUnlessDefault(
                "offlineSeconds",
                Math.toIntExact(spec.ipam().offline().toSeconds()),
                Math.toIntExact(IpamSpec.DEFAULT_OFFLINE.toSeconds()));
        to.dropIfEmpty("ipam");
        TreeEditor bgp = to.section("bgp");
        bgp.setUnlessDefault("asNumber", spec.bgp().asNumber(), BgpSpec.DEFAULT_AS_NUMBER);
        bgp.setUnlessDefault("nodeMesh", spec.bgp().nodeMesh(), true);
        bgp.setUnlessDefault("listenPort", spec.bgp().listenPort(), BgpSpec.DEFAULT_PORT);
        to.dropIfEmpty("bgp");
        ConditionCodec.encode(network.conditions(), tree.section("status"));
        tree.dropIfEmpty("status");
    }

    private static IpamSpec ipam(Fields fields) {
        IpamSpec ipam =
                new IpamSpec(
                        fields.choice("type", IpamType.class, IpamType.POD_CIDR),
                        fields.integer("minFree", 1, IpamSpec.MAX_MIN_FREE)
                                .orElse(IpamSpec.DEFAULT_MIN_FREE),
                        fields
                                .integer("offlineSeconds", MIN_OFFLINE_SECONDS, MAX_OFFLINE_SECONDS)
                                .stream()
                                .mapToObj(Duration::ofSeconds)
                                .findFirst()
                                .orElse(IpamSpec.DEFAULT_OFFLINE));
        fields.warnOfUnknown();
        return ipam;
    }

    private static VxlanSpec vxlan(Fields fields) {
        VxlanSpec vxlan =
                new VxlanSpec(
                        fields.integer("vni", 1, MAX_VNI).orElse(VxlanSpec.DEFAULT_VNI),
                        fields.integer("port", 1, MAX_PORT).orElse(VxlanSpec.DEFAULT_PORT),
                        fields.bool("directRouting", false));
        fields.warnOfUnknown();
        return vxlan;
    }

    private static IpipSpec ipip(Fields fields) {
        IpipSpec ipip = new IpipSpec(fields.bool("directRouting", false));
        fields.warnOfUnknown();
        return ipip;
    }

    private static WireguardSpec wireguard(Fields fields) {
        int port = fields.integer("port", 1, MAX_PORT).orElse(WireguardSpec.DEFAULT_PORT);
        WireguardSpec wireguard =
                new WireguardSpec(
                        port,
                        fields.integer("secondPort", 1, MAX_PORT)
                                .orElse(WireguardSpec.portBeside(port)),
                        fields.integer("persistentKeepalive", 0, MAX_KEEPALIVE).orElse(0),
                        Duration.ofHours(
                                fields.integer("rotationHours", 0, MAX_ROTATION_HOURS).orElse(0)),
                        fields.bool("separate", false));
        if (wireguard.separate() && !wireguard.rotation().isZero()) {
            fields.error(
                    "rotationHours",
                    "keys are not rotated where each family has a device (separate: true): both"
                            + " devices are in use");
        }
        if (wireguard.secondPort() == port) {
            fields.error(
                    "secondPort",
                    port
                            + " is the first device's port; two devices cannot share one, and while keys"
                            + " are rotated there are two");
        }
        fields.warnOfUnknown();
        return wireguard;
    }

    private static BgpSpec bgp(Fields fields) {
        BgpSpec bgp =
                new BgpSpec(
                        fields.asNumber("asNumber").orElse(BgpSpec.DEFAULT_AS_NUMBER),
                        fields.bool("nodeMesh", true),
                        fields.integer("listenPort", 1, MAX_PORT).orElse(BgpSpec.DEFAULT_PORT));
        fields.warnOfUnknown();
        return bgp;
    }

    private static Dataplane dataplane(Fields spec) {
        Dataplane dataplane = spec.choice("dataplane", Dataplane.class, Dataplane.NFT);
        if (dataplane != Dataplane.NFT) {
            spec.error(
                    "dataplane",
                    "'" + dataplane + "' is not supported by this version; allowed is nft");
        }
        return dataplane;
    }

    private static void checkCidrs(Fields fields, NetworkSpec spec) {
        List<IpPrefix> cidrs = spec.cidrs();
        long ipv4 = cidrs.stream().filter(IpPrefix::isIpv4).count();
        if (fields.isAbsentOrEmpty("cidrs")) {
            fields.error(
                    "cidrs", "is required: the addresses of the pods, such as [10.244.0.0/16]");
        }
        if (ipv4 > 1 || cidrs.size() - ipv4 > 1) {
            fields.error("cidrs", "may hold at most one network of each family");
        }
        for (IpPrefix cidr : cidrs) {
            int length = spec.nodePrefixLength(cidr.isIpv4());
            if (length < cidr.length()) {
                String name = cidr.isIpv4() ? "nodePrefixLength" : "nodePrefixLengthIPv6";
                fields.error(
                        fields.has(name) ? name : "cidrs",
                        "a node's /"
                                + length
                                + " does not fit into "
                                + cidr
                                + "; "
                                + name
                                + " must be at least "
                                + cidr.length());
            }
        }
    }

    /** RFC 2003 wraps IPv4, and only IPv4. */
    private static void checkFamilies(Fields fields, NetworkSpec spec) {
        boolean ipv6 = spec.cidrs().stream().anyMatch(cidr -> !cidr.isIpv4());
        if (ipv6 && spec.permits(CarrierName.IPIP)) {
            fields.error(
                    spec.carrier() == CarrierName.IPIP ? "carrier" : "crossSubnet",
                    "'ipip' carries IPv4 only, and cidrs holds an IPv6 network; use vxlan or"
                            + " wireguard");
        }
    }
}
