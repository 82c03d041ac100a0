package dev.kakehashi.linux.nft;

/** The protocol whose header a {@link Selector} reads: the rule must make sure of it first. */
enum Protocol {
    /** No header, or whichever is there. */
    ANY(Layer.NONE, 0, "", ""),
    ETHER(Layer.LINK, 1, "ether", "ether"),
    /** Number: the Ethernet type. */
    IP(Layer.NETWORK, 0x0800, "ip", "ipv4"),
    IP6(Layer.NETWORK, 0x86dd, "ip6", "ipv6"),
    ARP(Layer.NETWORK, 0x0806, "arp", "arp"),
    /** Number: the IP protocol. */
    ICMP(Layer.TRANSPORT, 1, "icmp", "icmp"),
    TCP(Layer.TRANSPORT, 6, "tcp", "tcp"),
    UDP(Layer.TRANSPORT, 17, "udp", "udp"),
    DCCP(Layer.TRANSPORT, 33, "dccp", "dccp"),
    ICMPV6(Layer.TRANSPORT, 58, "icmpv6", "ipv6-icmp"),
    SCTP(Layer.TRANSPORT, 132, "sctp", "sctp"),
    UDPLITE(Layer.TRANSPORT, 136, "udplite", "udplite");

    /** Which header it is. */
    enum Layer {
        NONE,
        LINK,
        NETWORK,
        TRANSPORT
    }

    private static final int NFPROTO_IPV4 = 2;
    private static final int NFPROTO_IPV6 = 10;

    private final Layer layer;
    private final int number;
    private final String header;
    private final String text;

    Protocol(Layer layer, int number, String header, String text) {
        this.layer = layer;
        this.number = number;
        this.header = header;
        this.text = text;
    }

    Layer layer() {
        return layer;
    }

    /** Device type, Ethernet type or IP protocol number, by the layer. */
    int number() {
        return number;
    }

    /** What nft writes before the name of a header's field. */
    String header() {
        return header;
    }

    /** nft's word for the protocol as a value. */
    String text() {
        return text;
    }

    /** The number in {@code meta nfproto}; 0 when it has none. */
    int nfproto() {
        return this == IP ? NFPROTO_IPV4 : this == IP6 ? NFPROTO_IPV6 : 0;
    }

    /** The network protocol that ICMP belongs to; else {@link #ANY}. */
    Protocol network() {
        return this == ICMP ? IP : this == ICMPV6 ? IP6 : ANY;
    }

    static Protocol ofNfproto(long nfproto) {
        return nfproto == NFPROTO_IPV4 ? IP : nfproto == NFPROTO_IPV6 ? IP6 : ANY;
    }

    static Protocol of(Layer layer, long number) {
        for (Protocol protocol : values()) {
            if (protocol.layer == layer && protocol.number == number) {
                return protocol;
            }
        }
        return ANY;
    }
}
