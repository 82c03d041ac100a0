package dev.kakehashi.cluster;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads and writes BGPPeers. */
final class BgpPeerCodec implements Kind.Codec<BgpPeer> {
    private static final int MAX_PORT = 65535;
    private static final int MAX_HOPS = 255;

    /** The restart time is a field of 12 bits (RFC 4724, section 3). */
    private static final int MAX_RESTART_TIME = 4095;

    private static final int MAX_PREFIX_LENGTH = 128;

    /** RFC 919. */
    private static final InetAddress BROADCAST = IpAddresses.parse("255.255.255.255");

    @Override
    public BgpPeer decode(Metadata metadata, Fields fields, Tree origin) {
        Fields spec = fields.section("spec");
        String network = spec.objectName("network").orElse(BgpPeerSpec.DEFAULT_NETWORK);
        BgpTarget target = target(spec);
        BgpPeerSpec read =
                new BgpPeerSpec(
                        network,
                        LabelSelectorCodec.decode(spec.section("nodeSelector")),
                        target,
                        session(spec, target),
                        routes(spec));
        spec.warnOfUnknown();
        BgpPeerStatus status = status(fields.section("status"));
        fields.warnOfUnknown();
        return new BgpPeer(metadata, read, status, origin);
    }

    @Override
    public void encode(BgpPeer peer, TreeEditor tree) {
        BgpPeerSpec spec = peer.spec();
        TreeEditor to = tree.section("spec");
        to.setUnlessDefault("network", spec.network(), BgpPeerSpec.DEFAULT_NETWORK);
        LabelSelectorCodec.encode("nodeSelector", spec.nodeSelector(), to);
        switch (spec.target()) {
            case BgpTarget.Router(var address, var asNumber, var port) -> {
                to.set("peerAddress", IpAddresses.format(address));
                to.set("peerAsNumber", asNumber);
                to.setUnlessDefault("peerPort", port, BgpSpec.DEFAULT_PORT);
            }
            case BgpTarget.Nodes(var selector) ->
                    LabelSelectorCodec.encode("peerSelector", selector, to);
        }
        encode(spec.session(), to);
        encode(spec.routes(), to);
        encode(peer.status(), tree.section("status"));
        tree.dropIfEmpty("status");
    }

    private static BgpPeerStatus status(Fields fields) {
        return new BgpPeerStatus(
                ConditionCodec.decode(fields),
                fields.sections("down").stream()
                        .map(one ->
                                new BgpPeerStatus.Down(
                                        one.string("node").orElse(""),
                                        one.string("reason").orElse("")))
                        .toList());
    }

    private static void encode(BgpPeerStatus status, TreeEditor to) {
        ConditionCodec.encode(status.conditions(), to);
        List<String> nodes = status.down().stream().map(BgpPeerStatus.Down::node).toList();
        List<TreeEditor> elements = to.elements("down", "node", nodes);
        for (int i = 0; i < elements.size(); i++) {
            elements.get(i).set("reason", status.down().get(i).reason());
        }
    }

    private static BgpTarget target(Fields spec) {
        Optional<InetAddress> address = routable(spec, "peerAddress");
        LabelSelector selector = LabelSelectorCodec.decode(spec.section("peerSelector"));
        OptionalLong asNumber = spec.asNumber("peerAsNumber");
        int port = spec.integer("peerPort", 1, MAX_PORT).orElse(BgpSpec.DEFAULT_PORT);
        boolean byAddress = spec.has("peerAddress");
        if (byAddress && spec.has("peerSelector")) {
            spec.error("peerSelector", "must be absent where peerAddress says who the peer is");
        }
        if (spec.has("peerSelector") && !byAddress) {
            if (selector.isEverything()) {
                spec.error("peerSelector", "is empty: name labels of the nodes to peer with");
            }
            for (String routers : List.of("peerAsNumber", "peerPort")) {
                if (spec.has(routers)) {
                    spec.error(routers, "must be absent with peerSelector: the nodes say it");
                }
            }
            return new BgpTarget.Nodes(selector);
        }
        if (!byAddress && !spec.isProbe()) {
            spec.error(
                    "peerAddress",
                    "is required, such as 192.0.2.1; or peerSelector with labels of nodes");
        }
        if (byAddress && !spec.has("peerAsNumber")) {
            spec.error("peerAsNumber", "is required: the AS of " + "the peer, such as 64513");
        }
        return new BgpTarget.Router(
                address.orElse(InetAddress.getLoopbackAddress()),
                asNumber.orElse(BgpSpec.DEFAULT_AS_NUMBER),
                port);
    }

    /**
     * An address that says by itself where it is: BIRD takes no configuration with a link-local one
     * without its interface, which has a name of its own on each node.
     */
    private static Optional<InetAddress> routable(Fields spec, String name) {
        Optional<String> text = spec.addressText(name);
        Optional<String> linkLocal = text.filter(BgpPeerCodec::isLinkLocal);
        if (linkLocal.isPresent()) {
            spec.error(
                    name,
                    "'"
                            + linkLocal.get()
                            + "' is link-local, by which there are no sessions: name a global or a"
                            + " unique local address, such as 2001:db8::1 or fd00::1");
            return Optional.empty();
        }
        Optional<InetAddress> address = text.flatMap(given -> spec.address(name, given));
        address.filter(BgpPeerCodec::isNoHost)
                .ifPresent(ip ->
                        spec.error(name, "'" + IpAddresses.format(ip) + "' is not one of a host"));
        return address;
    }

    /** Also with an interface behind it (RFC 4007, section 11). */
    private static boolean isLinkLocal(String text) {
        int zone = text.indexOf('%');
        return parsed(zone < 0 ? text : text.substring(0, zone))
                .filter(address -> address instanceof Inet6Address)
                .filter(InetAddress::isLinkLocalAddress)
                .isPresent();
    }

    private static Optional<InetAddress> parsed(String text) {
        try {
            return Optional.of(IpAddresses.parse(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static boolean isNoHost(InetAddress address) {
        return address.isAnyLocalAddress()
                || address.isMulticastAddress()
                || BROADCAST.equals(address)
                || address.isLoopbackAddress();
    }

    private static Optional<InetAddress> source(Fields spec, BgpTarget target) {
        Optional<InetAddress> source = routable(spec, "sourceAddress");
        if (source.isPresent()
                && target instanceof BgpTarget.Router router
                && !router.address().isLoopbackAddress() // in place of one that is wrong
                && source.get() instanceof Inet4Address
                        != router.address() instanceof Inet4Address) {
            spec.error(
                    "sourceAddress",
                    "'"
                            + IpAddresses.format(source.get())
                            + "' is not of the family of peerAddress");
        }
        return source;
    }

    private static BgpSessionSpec session(Fields spec, BgpTarget target) {
        Optional<String> passwordFile = spec.string("passwordFile", new FieldShape.Name());
        passwordFile
                .flatMap(ObjectName::problemOf)
                .ifPresent(problem ->
                        spec.error(
                                "passwordFile",
                                "is the name of a file in the node's directory of BGP"
                                        + " passwords: "
                                        + problem));
        return new BgpSessionSpec(
                spec.asNumber("localAsNumber"),
                source(spec, target),
                passwordFile,
                spec.integer("multihop", 0, MAX_HOPS).orElse(0),
                spec.bool("bfd", false),
                spec.bool("gracefulRestart", true),
                spec.integer("maxRestartTime", 1, MAX_RESTART_TIME)
                        .orElse(BgpSessionSpec.DEFAULT_RESTART_TIME));
    }

    private static void encode(BgpSessionSpec session, TreeEditor to) {
        if (session.localAsNumber().isPresent()) {
            to.set("localAsNumber", session.localAsNumber().getAsLong());
        } else {
            to.remove("localAsNumber");
        }
        to.setUnlessEmpty(
                "sourceAddress", session.sourceAddress().map(IpAddresses::format).orElse(""));
        to.setUnlessEmpty("passwordFile", session.passwordFile().orElse(""));
        to.setUnlessDefault("multihop", session.multihop(), 0);
        to.setUnlessDefault("bfd", session.bfd(), false);
        to.setUnlessDefault("gracefulRestart", session.gracefulRestart(), true);
        to.setUnlessDefault(
                "maxRestartTime", session.maxRestartTime(), BgpSessionSpec.DEFAULT_RESTART_TIME);
    }

    private static BgpRoutesSpec routes(Fields spec) {
        List<Community> communities = new ArrayList<>();
        List<String> texts = spec.strings("communities", new FieldShape.BgpCommunity());
        for (int i = 0; i < texts.size(); i++) {
            Optional<Community> community = Community.parse(texts.get(i));
            community.ifPresent(communities::add);
            if (community.isEmpty()) {
                spec.error(
                        "communities[" + i + "]",
                        "'"
                                + texts.get(i)
                                + "' is no community; write 64512:100, or 64512:1:100 for a large"
                                + " one");
            }
        }
        return new BgpRoutesSpec(
                families(spec),
                spec.bool("keepOriginalNextHop", false),
                communities,
                ranges(spec, "import"),
                ranges(spec, "export"));
    }

    private static List<IpFamily> families(Fields spec) {
        List<IpFamily> families = spec.choices("ipFamilies", IpFamily.class);
        if (!spec.isProbe() && spec.has("ipFamilies") && spec.has("peerSelector")) {
            spec.error(
                    "ipFamilies",
                    "must be absent with peerSelector: nodes have a session for each family");
        }
        return families;
    }

    private static Optional<List<PrefixRange>> ranges(Fields spec, String name) {
        List<PrefixRange> ranges = new ArrayList<>();
        for (Fields one : spec.sections(name)) {
            Optional<IpPrefix> cidr = one.requiredNetwork("cidr", "the network, such as 0.0.0.0/0");
            one.widest("maxLength", 0, MAX_PREFIX_LENGTH);
            cidr.map(network ->
                            new PrefixRange(
                                    network,
                                    one.integer("maxLength", network.length(), network.bits())
                                            .orElse(network.length())))
                    .ifPresent(ranges::add);
            one.warnOfUnknown();
        }
        return spec.has(name) ? Optional.of(ranges) : Optional.empty();
    }

    private static void encode(BgpRoutesSpec routes, TreeEditor to) {
        to.setUnlessEmpty(
                "ipFamilies", routes.families().stream().map(IpFamily::toString).toList());
        to.setUnlessDefault("keepOriginalNextHop", routes.keepOriginalNextHop(), false);
        to.setUnlessEmpty(
                "communities", routes.communities().stream().map(Community::toString).toList());
        encode("import", routes.imports(), to);
        encode("export", routes.exports(), to);
    }

    /** An empty list is not an absent one: nothing passes. */
    private static void encode(String name, Optional<List<PrefixRange>> ranges, TreeEditor to) {
        if (ranges.isEmpty()) {
            to.remove(name);
            return;
        }
        List<Map<String, Object>> texts = new ArrayList<>();
        for (PrefixRange range : ranges.get()) {
            Map<String, Object> text = new LinkedHashMap<>();
            text.put("cidr", range.cidr().toString());
            if (range.maxLength() != range.cidr().length()) {
                text.put("maxLength", (long) range.maxLength());
            }
            texts.add(text);
        }
        to.set(name, texts);
    }
}
