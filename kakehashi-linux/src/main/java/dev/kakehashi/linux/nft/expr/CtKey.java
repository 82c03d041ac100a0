package dev.kakehashi.linux.nft.expr;

/** What {@code ct} reads and writes (enum nft_ct_keys). */
public enum CtKey {
    STATE(0, "state", DataType.CT_STATE),
    DIRECTION(1, "direction", DataType.CT_DIR),
    STATUS(2, "status", DataType.CT_STATUS),
    MARK(3, "mark", DataType.MARK),
    L3PROTOCOL(7, "l3proto", DataType.NF_PROTO),
    PROTOCOL(10, "protocol", DataType.INET_PROTO),
    PROTO_SRC(11, "proto-src", DataType.INET_SERVICE),
    PROTO_DST(12, "proto-dst", DataType.INET_SERVICE),
    SRC_IP(19, "ip saddr", DataType.IPV4_ADDR),
    DST_IP(20, "ip daddr", DataType.IPV4_ADDR),
    SRC_IP6(21, "ip6 saddr", DataType.IPV6_ADDR),
    DST_IP6(22, "ip6 daddr", DataType.IPV6_ADDR);

    private final int number;
    private final String text;
    private final DataType type;

    CtKey(int number, String text, DataType type) {
        this.number = number;
        this.text = text;
        this.type = type;
    }

    /** The kernel's number. */
    public int number() {
        return number;
    }

    /** How nft writes it behind {@code ct}. */
    public String text() {
        return text;
    }

    /** The type of what is read. */
    public DataType type() {
        return type;
    }

    static CtKey of(int number) {
        for (CtKey value : values()) {
            if (value.number == number) {
                return value;
            }
        }
        throw new IllegalArgumentException("unknown ct key " + number);
    }
}
