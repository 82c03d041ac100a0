package dev.kakehashi.cluster;

/** What the carrier host-gw does with a node that only a router reaches. */
public enum CrossSubnet {
    /** Leaves it out and says so: a route by way of a router would come back. */
    REFUSE("refuse"),
    /** Reaches it through the VXLAN overlay. */
    VXLAN("vxlan"),
    /** Reaches it by IP in IP. */
    IPIP("ipip"),
    /** Reaches it through an encrypted tunnel. */
    WIREGUARD("wireguard");

    private final String text;

    CrossSubnet(String text) {
        this.text = text;
    }

    /** As it is written in YAML. */
    @Override
    public String toString() {
        return text;
    }
}
