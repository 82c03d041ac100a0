package dev.kakehashi.cluster;

/** What forwards, filters and translates on a node. */
public enum Dataplane {
    /** The kernel routing tables and nftables. */
    NFT("nft"),
    /** Programs at the interfaces. */
    EBPF("ebpf");

    private final String text;

    Dataplane(String text) {
        this.text = text;
    }

    /** As it is written in YAML. */
    @Override
    public String toString() {
        return text;
    }
}
