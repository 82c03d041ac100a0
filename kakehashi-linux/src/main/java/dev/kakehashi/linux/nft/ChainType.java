package dev.kakehashi.linux.nft;

/** What a base chain is for; the words are those of the kernel and of nft. */
public enum ChainType {
    /** Accept or drop packets: every family and hook. */
    FILTER("filter"),
    /** Only the first packet of a connection; what it decides holds for the connection. */
    NAT("nat"),
    /** At the output hook: packets that were changed are routed again. */
    ROUTE("route");

    private final String text;

    ChainType(String text) {
        this.text = text;
    }

    /** The word. */
    public String text() {
        return text;
    }

    static ChainType of(String text) {
        for (ChainType type : values()) {
            if (type.text.equals(text)) {
                return type;
            }
        }
        throw new IllegalArgumentException("unknown nftables chain type " + text);
    }
}
