package dev.kakehashi.linux.nft;

/** Flags of a table (enum nft_table_flags). */
public enum TableFlag {
    /** Its chains see no packets. */
    DORMANT(1, "dormant"),
    /** Only the netlink socket that made it may change it; it goes when the socket closes. */
    OWNER(2, "owner"),
    /** With {@link #OWNER}: it stays when the socket closes (since Linux 6.9). */
    PERSIST(4, "persist");

    private final int bit;
    private final String text;

    TableFlag(int bit, String text) {
        this.bit = bit;
        this.text = text;
    }

    int bit() {
        return bit;
    }

    /** nft's word. */
    public String text() {
        return text;
    }
}
