package dev.kakehashi.store.kubernetes;

import dev.kakehashi.cluster.IpPoolSpec;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the reading code checks beyond single fields, in CEL over the spec of each kind: the rule,
 * and what is said when it does not hold. A field that is wrong by itself has its own rule; these
 * pass it over, so that a person reads of one thing that is wrong, not of three.
 */
final class SpecRules {
    /** Of an IPPool that names no block size: {@code IpPoolSpec.defaultBlockSize}. */
    private static final String BLOCK_SIZE =
            "(has(%1$s.blockSize) ? %1$s.blockSize : !isCIDR(%1$s.cidr) ? 0"
                    + " : cidr(%1$s.cidr).ip().family() == 4"
                    + " ? (cidr(%1$s.cidr).prefixLength() > 26 ? cidr(%1$s.cidr).prefixLength() : 26)"
                    + " : (cidr(%1$s.cidr).prefixLength() > 122"
                    + " ? cidr(%1$s.cidr).prefixLength() : 122))";

    private final Map<String, String> rules = new LinkedHashMap<>();

    private SpecRules() {}

    private SpecRules rule(String rule, String message) {
        rules.put(rule, message);
        return this;
    }

    static Map<String, String> network() {
        return new SpecRules()
                .rule("size(self.cidrs) > 0", "cidrs must name the addresses of the pods")
                .rule(
                        "self.cidrs.filter(c, isCIDR(c) && cidr(c).ip().family() == 4).size() < 2"
                                + " && self.cidrs.filter(c, isCIDR(c)"
                                + " && cidr(c).ip().family() == 6).size() < 2",
                        "cidrs may hold at most one network of each family")
                .rule(
                        "self.cidrs.all(c, !isCIDR(c) || cidr(c).ip().family() == 6"
                                + " || cidr(c).prefixLength()"
                                + " <= (has(self.nodePrefixLength) ? self.nodePrefixLength : 24))",
                        "nodePrefixLength (24) must not be shorter than the network's own")
                .rule(
                        "self.cidrs.all(c, !isCIDR(c) || cidr(c).ip().family() == 4"
                                + " || cidr(c).prefixLength() <= (has(self.nodePrefixLengthIPv6)"
                                + " ? self.nodePrefixLengthIPv6 : 64))",
                        "nodePrefixLengthIPv6 (64) must not be shorter than the network's own")
                .rule(
                        "!has(self.dataplane) || self.dataplane == 'nft'",
                        "this version supports dataplane nft only")
                .rule(
                        "self.cidrs.all(c, !isCIDR(c) || cidr(c).ip().family() == 4)"
                                + " || !has(self.carrier)"
                                + " || !(self.carrier == 'ipip' || (self.carrier == 'host-gw'"
                                + " && has(self.crossSubnet) && self.crossSubnet == 'ipip'))",
                        "ipip carries IPv4 only, and cidrs holds an IPv6 network; use vxlan or"
                                + " wireguard")
                .rule(
                        "!has(self.wireguard) || !has(self.wireguard.separate)"
                                + " || !self.wireguard.separate"
                                + " || !has(self.wireguard.rotationHours)"
                                + " || self.wireguard.rotationHours == 0",
                        "wireguard.rotationHours: keys are not rotated where each family has a"
                                + " device (separate: true): both devices are in use")
                .rule(
                        "!has(self.wireguard) || !has(self.wireguard.secondPort)"
                                + " || self.wireguard.secondPort"
                                + " != (has(self.wireguard.port) ? self.wireguard.port : 51820)",
                        "wireguard.secondPort: two devices cannot share one port, and while keys"
                                + " are rotated there are two")
                .rule(
                        same(
                                "(has(%1$s.ipam) && has(%1$s.ipam.type) ? %1$s.ipam.type : 'podCIDR')"),
                        "ipam.type cannot be changed: pods that run have addresses of the other"
                                + " type; delete the Network and make another one")
                .rules;
    }

    static Map<String, String> ipPool() {
        return new SpecRules()
                .rule(
                        "!isCIDR(self.cidr) || cidr(self.cidr).prefixLength() <= "
                                + bits("self.cidr", IpPoolSpec.MIN_BLOCK_BITS),
                        "cidr is too small; allowed is /30 or shorter, of IPv6 /126")
                .rule(
                        "!has(self.blockSize) || !isCIDR(self.cidr)"
                                + " || (self.blockSize >= cidr(self.cidr).prefixLength()"
                                + " && self.blockSize >= "
                                + bits("self.cidr", IpPoolSpec.MAX_BLOCK_BITS)
                                + " && self.blockSize <= "
                                + bits("self.cidr", IpPoolSpec.MIN_BLOCK_BITS)
                                + ")",
                        "blockSize must lie within the cidr and leave a block from 4 to 4096"
                                + " addresses: /20 to /30, of IPv6 /116 to /126")
                .rule(
                        "!has(self.reservations) || !isCIDR(self.cidr) || self.reservations.all(r,"
                                + " !isCIDR(r) || cidr(self.cidr).containsCIDR(cidr(r)))",
                        "reservations must lie within the cidr")
                .rule(
                        "!has(self.noMasqueradeTo) || !isCIDR(self.cidr)"
                                + " || self.noMasqueradeTo.all(to, !isCIDR(to)"
                                + " || cidr(to).ip().family() == cidr(self.cidr).ip().family())",
                        "noMasqueradeTo must be of the family of the cidr")
                .selector("nodeSelector")
                .selector("namespaceSelector")
                .rule(
                        same("%1$s.cidr"),
                        "cidr cannot be changed: blocks of it are in use; make another IPPool")
                .rule(
                        same(BLOCK_SIZE),
                        "blockSize cannot be changed: blocks of two sizes would overlap; make"
                                + " another IPPool")
                .rules;
    }

    static Map<String, String> ipBlock() {
        return new SpecRules()
                .rule(
                        "!isCIDR(self.cidr) || (cidr(self.cidr).prefixLength() >= "
                                + bits("self.cidr", IpPoolSpec.MAX_BLOCK_BITS)
                                + " && cidr(self.cidr).prefixLength() <= "
                                + bits("self.cidr", IpPoolSpec.MIN_BLOCK_BITS)
                                + ")",
                        "a block has from 4 to 4096 addresses")
                .rule(
                        "!isCIDR(self.cidr) || string(cidr(self.cidr)) == self.cidr",
                        "cidr must be written as RFC 5952 says, since the block is named by it")
                .rule(
                        "!has(self.givenUp) || !isCIDR(self.cidr) || self.givenUp.all(one,"
                                + " !isIP(one.address)"
                                + " || cidr(self.cidr).containsIP(ip(one.address)))",
                        "givenUp must be addresses of the block")
                .rule(
                        same("%1$s.cidr")
                                + " && "
                                + same("%1$s.pool")
                                + " && "
                                + same("%1$s.network"),
                        "cidr, pool and network of a block cannot be changed: addresses of it are"
                                + " in use; the nodes make and remove blocks")
                .rules;
    }

    /** Over the whole block. */
    static Map<String, String> ipBlockObject() {
        return Map.of(
                "!isCIDR(self.spec.cidr) || self.metadata.name"
                        + " == self.spec.cidr.replace('.', '-').replace(':', '-')"
                        + ".replace('/', '-')",
                "the block of a prefix is named by it: of 10.244.3.64/26, 10-244-3-64-26");
    }

    static Map<String, String> bgpPeer() {
        return new SpecRules()
                .rule(
                        "has(self.peerAddress) != has(self.peerSelector)",
                        "either peerAddress says who the peer is, such as 192.0.2.1, or"
                                + " peerSelector with labels of nodes")
                .rule(
                        "!has(self.peerAddress) || has(self.peerAsNumber)",
                        "peerAsNumber is required: the AS of the peer, such as 64513")
                .rule(
                        "!has(self.peerSelector) || (has(self.peerSelector.matchLabels)"
                                + " && size(self.peerSelector.matchLabels) > 0)"
                                + " || (has(self.peerSelector.matchExpressions)"
                                + " && size(self.peerSelector.matchExpressions) > 0)",
                        "peerSelector is empty: name labels of the nodes to peer with")
                .rule(
                        "!has(self.peerSelector) || !(has(self.peerAsNumber) || has(self.peerPort)"
                                + " || has(self.ipFamilies))",
                        "peerAsNumber, peerPort and ipFamilies must be absent with peerSelector:"
                                + " the nodes say it")
                .rule(host("peerAddress"), "peerAddress " + NO_HOST)
                .rule(host("sourceAddress"), "sourceAddress " + NO_HOST)
                .rule(
                        "!has(self.peerAddress) || !has(self.sourceAddress)"
                                + " || !isIP(self.peerAddress) || !isIP(self.sourceAddress)"
                                + " || ip(self.peerAddress).family()"
                                + " == ip(self.sourceAddress).family()",
                        "sourceAddress must be of the family of peerAddress")
                .lengths("import")
                .lengths("export")
                .selector("nodeSelector")
                .selector("peerSelector")
                .rules;
    }

    private static final String NO_HOST =
            "must be one of a host, and no link-local one of IPv6, by which there are no sessions:"
                    + " name a global or a unique local address, such as 2001:db8::1 or fd00::1";

    /** An IPv4 address may be link-local: BIRD asks for no interface with it. */
    private static String host(String field) {
        return "!has(self.%1$s) || !isIP(self.%1$s) || ip(self.%1$s).isGlobalUnicast()"
                        .formatted(field)
                + " || (ip(self.%1$s).family() == 4 && ip(self.%1$s).isLinkLocalUnicast())"
                        .formatted(field);
    }

    /** Of the ranges in a list. */
    private SpecRules lengths(String field) {
        String name = escaped(field);
        return rule(
                "!has(self.%1$s) || self.%1$s.all(one, !has(one.maxLength) || !isCIDR(one.cidr)"
                                .formatted(name)
                        + " || (one.maxLength >= cidr(one.cidr).prefixLength()"
                        + " && one.maxLength <= "
                        + bits("one.cidr", 0)
                        + "))",
                field + ": maxLength must not be shorter than its cidr, nor longer than addresses");
    }

    /** Words of CEL's own are escaped (Kubernetes: "Validation rules", escaping). */
    private static String escaped(String field) {
        return field.equals("import") ? "__import__" : field;
    }

    /** What a label selector must be (Kubernetes: "Set-based requirement"). */
    private SpecRules selector(String field) {
        String all = "!has(self.%1$s) || !has(self.%1$s.matchExpressions)".formatted(field);
        return rule(
                all
                        + " || self.%s.matchExpressions.all(one, one.key != ''".formatted(field)
                        + " && (one.operator in ['In', 'NotIn'])"
                        + " == (has(one.values) && size(one.values) > 0))",
                field
                        + ".matchExpressions: key is required; values are with In and NotIn, and"
                        + " must be absent with Exists and DoesNotExist");
    }

    /** The prefix length that leaves so many bits of a family's addresses. */
    private static String bits(String cidr, int left) {
        return "(cidr(%s).ip().family() == 4 ? %d : %d)".formatted(cidr, 32 - left, 128 - left);
    }

    private static String same(String expression) {
        return expression.formatted("self") + " == " + expression.formatted("oldSelf");
    }
}
