package dev.kakehashi.linux.nft.expr;

/** What {@code meta} reads and writes (enum nft_meta_keys). */
public enum MetaKey {
    LEN(0, "meta length", DataType.INTEGER),
    PROTOCOL(1, "meta protocol", DataType.ETHER_TYPE),
    PRIORITY(2, "meta priority", DataType.INTEGER),
    MARK(3, "meta mark", DataType.MARK),
    IIF(4, "iif", DataType.IFACE_INDEX),
    OIF(5, "oif", DataType.IFACE_INDEX),
    IIFNAME(6, "iifname", DataType.IFNAME),
    OIFNAME(7, "oifname", DataType.IFNAME),
    IIFTYPE(8, "iiftype", DataType.IFACE_TYPE),
    OIFTYPE(9, "oiftype", DataType.IFACE_TYPE),
    SKUID(10, "meta skuid", DataType.UID),
    SKGID(11, "meta skgid", DataType.GID),
    NFTRACE(12, "meta nftrace", DataType.BOOLEAN),
    NFPROTO(15, "meta nfproto", DataType.NF_PROTO),
    L4PROTO(16, "meta l4proto", DataType.INET_PROTO),
    IBRNAME(17, "meta ibrname", DataType.IFNAME),
    OBRNAME(18, "meta obrname", DataType.IFNAME),
    PKTTYPE(19, "meta pkttype", DataType.PKT_TYPE),
    CPU(20, "meta cpu", DataType.INTEGER),
    IIFGROUP(21, "iifgroup", DataType.INTEGER),
    OIFGROUP(22, "oifgroup", DataType.INTEGER),
    CGROUP(23, "meta cgroup", DataType.INTEGER),
    IIFKIND(26, "meta iifkind", DataType.IFNAME),
    OIFKIND(27, "meta oifkind", DataType.IFNAME),
    SDIF(33, "meta sdif", DataType.IFACE_INDEX),
    SDIFNAME(34, "meta sdifname", DataType.IFNAME);

    private final int number;
    private final String text;
    private final DataType type;

    MetaKey(int number, String text, DataType type) {
        this.number = number;
        this.text = text;
        this.type = type;
    }

    /** The kernel's number. */
    public int number() {
        return number;
    }

    /** How nft writes it. */
    public String text() {
        return text;
    }

    /** The type of what is read. */
    public DataType type() {
        return type;
    }

    static MetaKey of(int number) {
        for (MetaKey value : values()) {
            if (value.number == number) {
                return value;
            }
        }
        throw new IllegalArgumentException("unknown meta key " + number);
    }
}
