package dev.kakehashi.linux.nft.expr;

/**
 * The types of keys, of map data and of what rules compare. The kernel keeps only lengths; the
 * number is stored with a set for {@code nft}, which reads the type back from it (enum datatypes of
 * nftables' datatype.h).
 */
public enum DataType {
    VERDICT(1, "verdict", 0, false),
    NF_PROTO(2, "nf_proto", 1, false),
    INTEGER(4, "integer", 4, false),
    IPV4_ADDR(7, "ipv4_addr", 4, true),
    IPV6_ADDR(8, "ipv6_addr", 16, true),
    ETHER_ADDR(9, "ether_addr", 6, true),
    ETHER_TYPE(10, "ether_type", 2, true),
    ARP_OP(11, "arp_op", 2, true),
    INET_PROTO(12, "inet_proto", 1, true),
    INET_SERVICE(13, "inet_service", 2, true),
    ICMP_TYPE(14, "icmp_type", 1, true),
    TCP_FLAG(15, "tcp_flag", 1, false),
    MARK(19, "mark", 4, false),
    IFACE_INDEX(20, "iface_index", 4, false),
    IFACE_TYPE(21, "iface_type", 2, false),
    UID(24, "uid", 4, false),
    GID(25, "gid", 4, false),
    CT_STATE(26, "ct_state", 4, false),
    CT_DIR(27, "ct_dir", 1, false),
    CT_STATUS(28, "ct_status", 4, false),
    ICMPV6_TYPE(29, "icmpv6_type", 1, true),
    PKT_TYPE(31, "pkt_type", 1, false),
    FIB_ADDRTYPE(38, "fib_addrtype", 4, false),
    BOOLEAN(39, "boolean", 1, false),
    IFNAME(41, "ifname", Value.IFNAMSIZ, false);

    private final int number;
    private final String text;
    private final int length;
    private final boolean bigEndian;

    DataType(int number, String text, int length, boolean bigEndian) {
        this.number = number;
        this.text = text;
        this.length = length;
        this.bigEndian = bigEndian;
    }

    /** nft's number of the type. */
    public int number() {
        return number;
    }

    /** nft's name of the type, as after {@code type} in a set. */
    public String text() {
        return text;
    }

    /** Bytes; 0 for a verdict. */
    public int length() {
        return length;
    }

    /** Whether values are in network order, else in the processor's. */
    public boolean bigEndian() {
        return bigEndian;
    }

    /**
     * The type of a number.
     *
     * @throws IllegalArgumentException for a type this library does not know
     */
    public static DataType of(int number) {
        for (DataType type : values()) {
            if (type.number == number) {
                return type;
            }
        }
        throw new IllegalArgumentException("unknown nftables data type " + number);
    }
}
