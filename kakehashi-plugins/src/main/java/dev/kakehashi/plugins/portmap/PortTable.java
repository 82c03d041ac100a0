package dev.kakehashi.plugins.portmap;

import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.nft.AddressType;
import dev.kakehashi.linux.nft.Chain;
import dev.kakehashi.linux.nft.ChainType;
import dev.kakehashi.linux.nft.CtStatus;
import dev.kakehashi.linux.nft.Element;
import dev.kakehashi.linux.nft.Family;
import dev.kakehashi.linux.nft.Hook;
import dev.kakehashi.linux.nft.Match;
import dev.kakehashi.linux.nft.NftSet;
import dev.kakehashi.linux.nft.Priority;
import dev.kakehashi.linux.nft.Rule;
import dev.kakehashi.linux.nft.RuleBuilder;
import dev.kakehashi.linux.nft.Selector;
import dev.kakehashi.linux.nft.Table;
import dev.kakehashi.linux.nft.Translation;
import dev.kakehashi.linux.nft.TransportProtocol;
import dev.kakehashi.linux.nft.expr.DataType;
import dev.kakehashi.linux.nft.expr.Value;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.attachment.RuleComment;
import dev.kakehashi.plugins.attachment.Sha512;
import dev.kakehashi.state.NftChain;
import dev.kakehashi.state.NftElements;
import dev.kakehashi.state.Resource;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Published ports in nftables. A port is an element of a map, so that neither a packet nor an ADD
 * takes longer when many are published. All ports of a host are in one table, but for networks with
 * conditions of their own, which have one each. Pure.
 */
final class PortTable {

    /** What the names of the tables begin with. */
    static final String NAME = "kakehashi_ports";

    static final String PORTS = "ports";
    static final String PREROUTING = "prerouting";
    static final String OUTPUT = "output";
    private static final String MASQUERADING = "masquerading";

    private final Table table;
    private final boolean conditional;

    private PortTable(Table table, boolean conditional) {
        this.table = table;
        this.conditional = conditional;
    }

    /** The table of networks without conditions. */
    static PortTable common() {
        return new PortTable(
                Table.of(Family.INET, NAME).comment("Published ports of containers"), false);
    }

    /** The table of a network with conditions. */
    static PortTable of(String network) {
        return new PortTable(
                Table.of(Family.INET, NAME + "_" + Sha512.hex(network, 16))
                        .comment("Published ports of containers, under conditions"),
                true);
    }

    /** The table. */
    Table table() {
        return table;
    }

    /** The sets and maps of one family. */
    record Sets(
            NftSet ports,
            NftSet portsOfAddress,
            NftSet hairpin,
            NftSet neighbours,
            NftSet localhost,
            NftSet all) {

        private static final Sets V4 = of("4", DataType.IPV4_ADDR);
        private static final Sets V6 = of("6", DataType.IPV6_ADDR);

        static Sets of(boolean v4) {
            return v4 ? V4 : V6;
        }

        private static Sets of(String suffix, DataType address) {
            DataType proto = DataType.INET_PROTO;
            DataType port = DataType.INET_SERVICE;
            return new Sets(
                    NftSet.map("ports" + suffix, List.of(proto, port), address, port),
                    NftSet.map(
                            "ports_of_address" + suffix,
                            List.of(address, proto, port),
                            address,
                            port),
                    NftSet.set("hairpin" + suffix, address, address, proto, port),
                    NftSet.set("neighbours" + suffix, DataType.IFNAME, address, proto, port),
                    NftSet.set("localhost" + suffix, address, proto, port),
                    NftSet.set("masquerade_all" + suffix, address, proto, port));
        }

        List<NftSet> list() {
            return List.of(ports, portsOfAddress, hairpin, neighbours, localhost, all);
        }
    }

    /**
     * How many elements each attachment has, by the two hashes that its comment begins with. Who
     * finds so many of those that it looks for has found all, and need not read what others have.
     */
    static final NftSet ATTACHMENTS =
            NftSet.map(
                    "attachments",
                    List.of(DataType.MARK, DataType.MARK, DataType.MARK, DataType.MARK),
                    DataType.MARK);

    /** All sets and maps of both families. */
    static List<NftSet> sets() {
        List<NftSet> sets = new ArrayList<>(13);
        sets.add(ATTACHMENTS);
        sets.addAll(Sets.V4.list());
        sets.addAll(Sets.V6.list());
        return sets;
    }

    /** Chains and maps without any port. */
    List<Resource> skeleton() {
        List<Resource> resources = new ArrayList<>(20);
        for (NftSet set : sets()) {
            resources.add(NftElements.none(table, set));
        }
        resources.add(
                NftChain.shared(
                        table,
                        Chain.regular(PORTS),
                        ports(true),
                        anyAddress(true),
                        ports(false),
                        anyAddress(false)));
        resources.add(NftChain.shared(table, Chain.regular(MASQUERADING), masquerading()));
        resources.add(entry(PREROUTING, Hook.PREROUTING));
        resources.add(entry(OUTPUT, Hook.OUTPUT));
        resources.add(
                NftChain.shared(
                        table,
                        Chain.base("postrouting", ChainType.NAT, Hook.POSTROUTING, Priority.SRCNAT),
                        rule().ctStatus(CtStatus.DNAT).jump(MASQUERADING).build()));
        return resources;
    }

    /** Conditions are in the words of nft: the rule that has them is left to nft. */
    private NftChain entry(String name, Hook hook) {
        Chain chain = Chain.base(name, ChainType.NAT, hook, Priority.DSTNAT);
        return conditional
                ? NftChain.shared(table, chain)
                : NftChain.shared(
                        table, chain, rule().fibDaddrType(AddressType.LOCAL).jump(PORTS).build());
    }

    private static RuleBuilder rule() {
        return Rule.in(Family.INET);
    }

    private static Rule ports(boolean v4) {
        Selector daddr = v4 ? Selector.IP_DADDR : Selector.IP6_DADDR;
        return rule().nat(
                        Translation.dnat(
                                Sets.of(v4).portsOfAddress,
                                daddr,
                                Selector.META_L4PROTO,
                                Selector.TH_DPORT))
                .build();
    }

    private static Rule anyAddress(boolean v4) {
        return family(v4)
                .nat(Translation.dnat(Sets.of(v4).ports, Selector.META_L4PROTO, Selector.TH_DPORT))
                .build();
    }

    private static RuleBuilder family(boolean v4) {
        int nfproto = v4 ? 2 : 10; // NFPROTO_IPV4, NFPROTO_IPV6: linux/netfilter.h
        return rule().match(Selector.META_NFPROTO, Match.is(Value.u8(nfproto)));
    }

    private static Rule[] masquerading() {
        List<Rule> rules = new ArrayList<>(7);
        for (boolean v4 : new boolean[] {true, false}) {
            Sets sets = Sets.of(v4);
            Selector daddr = v4 ? Selector.IP_DADDR : Selector.IP6_DADDR;
            // Who gets an answer directly, untranslated, takes it for somebody else's: so does the
            // container itself, and so does whoever is on one link with it.
            rules.add(
                    rule().in(
                                    sets.hairpin,
                                    v4 ? Selector.IP_SADDR : Selector.IP6_SADDR,
                                    daddr,
                                    Selector.META_L4PROTO,
                                    Selector.TH_DPORT)
                            .masquerade()
                            .build());
            rules.add(
                    rule().in(
                                    sets.neighbours,
                                    Selector.IIFNAME,
                                    daddr,
                                    Selector.META_L4PROTO,
                                    Selector.TH_DPORT)
                            .masquerade()
                            .build());
            if (v4) {
                rules.add(
                        rule().saddr(IpPrefix.parse("127.0.0.0/8"))
                                .in(sets.localhost, daddr, Selector.META_L4PROTO, Selector.TH_DPORT)
                                .masquerade()
                                .build());
            }
            rules.add(
                    rule().in(sets.all, daddr, Selector.META_L4PROTO, Selector.TH_DPORT)
                            .masquerade()
                            .build());
        }
        return rules.toArray(Rule[]::new);
    }

    /**
     * The elements of what is published.
     *
     * @param all of one attachment, a family each
     */
    List<NftElements> elements(List<Published> all) {
        Map<NftSet, Map<Value, Element>> elements = new LinkedHashMap<>();
        for (Published published : all) {
            elements(published, elements);
        }
        Attachment attachment = all.getFirst().attachment();
        String comment = RuleComment.comment(attachment);
        List<NftElements> resources = new ArrayList<>(elements.size() + 1);
        int count = 0;
        for (Map.Entry<NftSet, Map<Value, Element>> some : elements.entrySet()) {
            List<Element> ofSet = List.copyOf(some.getValue().values());
            resources.add(NftElements.of(table, some.getKey(), comment, ofSet));
            count += ofSet.size();
        }
        if (count > 0) {
            Element record = Element.of(key(attachment)).to(Value.host32(count));
            resources.add(NftElements.of(table, ATTACHMENTS, comment, List.of(record)));
        }
        return resources;
    }

    private static Value key(Attachment attachment) {
        String hashes = RuleComment.ofAttachment(attachment).replace("-", "");
        Value[] words = new Value[4];
        for (int i = 0; i < words.length; i++) {
            words[i] =
                    Value.host32(Integer.parseUnsignedInt(hashes.substring(8 * i, 8 * i + 8), 16));
        }
        return Value.concat(words);
    }

    private static void elements(Published published, Map<NftSet, Map<Value, Element>> elements) {
        Sets sets = Sets.of(published.isIpv4());
        Value address = Value.of(published.target());
        for (PortMapping mapping : published.mappings()) {
            Value proto = Value.u8(mapping.protocol().number());
            Value hostPort = Value.be16(mapping.hostPort());
            Value port = Value.be16(mapping.containerPort());
            Optional<Value> only = mapping.onlyAddress().map(Value::of);
            if (only.isPresent()) {
                put(
                        elements,
                        sets.portsOfAddress,
                        Element.of(only.get(), proto, hostPort).to(address, port));
            } else {
                put(elements, sets.ports, Element.of(proto, hostPort).to(address, port));
            }
            if (published.config().snat()) {
                masquerade(published, proto, port, elements);
            }
        }
    }

    private static void masquerade(
            Published published,
            Value proto,
            Value port,
            Map<NftSet, Map<Value, Element>> elements) {
        Sets sets = Sets.of(published.isIpv4());
        Value address = Value.of(published.target());
        if (published.config().masqueradeAll()) {
            put(elements, sets.all, Element.of(address, proto, port));
            return;
        }
        put(elements, sets.hairpin, Element.of(address, address, proto, port));
        if (published.link().isPresent()) {
            Value link = Value.interfaceName(published.link().get());
            put(elements, sets.neighbours, Element.of(link, address, proto, port));
        }
        if (published.isIpv4()) {
            put(elements, sets.localhost, Element.of(address, proto, port));
        }
    }

    /** Two host ports may lead to one port. */
    private static void put(
            Map<NftSet, Map<Value, Element>> elements, NftSet set, Element element) {
        elements.computeIfAbsent(set, _ -> new LinkedHashMap<>())
                .putIfAbsent(element.key(), element);
    }

    /** The ports of the host among elements of a map of ports; of other sets none. */
    static List<Integer> hostPorts(NftElements elements, TransportProtocol protocol) {
        List<Integer> ports = new ArrayList<>();
        if (elements.set().isMap() && !elements.set().name().equals(ATTACHMENTS.name())) {
            for (Element element : elements.elements()) {
                // The key ends with a word each for protocol and port.
                Value key = element.key();
                int end = key.length();
                if (key.slice(end - 8, 1).equals(Value.u8(protocol.number()))) {
                    ports.add((int) key.slice(end - 4, 2).bigEndian());
                }
            }
        }
        return ports;
    }

    /** Whatever an attachment has published: for its removal. */
    List<Resource> all(Attachment attachment) {
        return all(RuleComment.comment(attachment));
    }

    /** Whatever bears a comment: for its removal. */
    List<Resource> all(String comment) {
        List<Resource> resources = new ArrayList<>(12);
        for (NftSet set : sets()) {
            resources.add(NftElements.all(table, set, comment));
        }
        return resources;
    }
}
