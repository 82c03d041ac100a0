package dev.kakehashi.cluster;

/** Where the addresses of a network's pods come from. */
public enum IpamType {
    /** From the subnet of the pod's Node. */
    POD_CIDR("podCIDR"),
    /** From blocks that nodes claim of IPPools. */
    POOLS("pools");

    private final String text;

    IpamType(String text) {
        this.text = text;
    }

    /** As it is written in YAML. */
    @Override
    public String toString() {
        return text;
    }
}
