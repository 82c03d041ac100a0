package dev.kakehashi.linux.nft;

/** A protocol with ports, or ICMP, above IP (IANA protocol numbers). */
public enum TransportProtocol {
    ICMP(Protocol.ICMP),
    TCP(Protocol.TCP),
    UDP(Protocol.UDP),
    DCCP(Protocol.DCCP),
    ICMPV6(Protocol.ICMPV6),
    SCTP(Protocol.SCTP),
    UDPLITE(Protocol.UDPLITE);

    private final Protocol protocol;

    TransportProtocol(Protocol protocol) {
        this.protocol = protocol;
    }

    Protocol protocol() {
        return protocol;
    }

    /** The IP protocol number. */
    public int number() {
        return protocol.number();
    }

    /** nft's word. */
    public String text() {
        return protocol.text();
    }
}
