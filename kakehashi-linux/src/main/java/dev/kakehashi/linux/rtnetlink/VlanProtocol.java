package dev.kakehashi.linux.rtnetlink;

import dev.kakehashi.linux.netlink.MalformedMessageException;

/** The EtherTypes of VLAN tags. */
public enum VlanProtocol {
    /** Customer tags, IEEE 802.1Q. */
    DOT1Q(0x8100, "802.1Q"),
    /** Service provider tags, IEEE 802.1ad. */
    DOT1AD(0x88a8, "802.1ad");

    private final int etherType;
    private final String text;

    VlanProtocol(int etherType, String text) {
        this.etherType = etherType;
        this.text = text;
    }

    /** The number on the wire. */
    public int etherType() {
        return etherType;
    }

    static VlanProtocol of(int etherType) throws MalformedMessageException {
        for (VlanProtocol protocol : values()) {
            if (protocol.etherType == etherType) {
                return protocol;
            }
        }
        throw new MalformedMessageException(
                "no VLAN protocol: 0x" + Integer.toHexString(etherType));
    }

    /** As ip-link(8) writes it. */
    @Override
    public String toString() {
        return text;
    }
}
