package dev.kakehashi.linux.rtnetlink;

import dev.kakehashi.linux.netlink.Attribute;
import dev.kakehashi.linux.netlink.Attributes;
import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;

/**
 * A VLAN of its parent link. Equivalent to: {@code ip link add link $parent type vlan id $id
 * protocol $protocol}.
 *
 * @param id 1 to 4094 (0 for priority tags)
 * @param protocol the tag's EtherType
 */
public record Vlan(int id, VlanProtocol protocol) implements LinkKind {
    static final String NAME = "vlan";
    private static final int IFLA_VLAN_ID = 1;
    private static final int IFLA_VLAN_PROTOCOL = 5;

    public Vlan {
        if (id < 0 || id > 4094) {
            throw new IllegalArgumentException("a VLAN id is 0 to 4094, not " + id);
        }
    }

    /** An IEEE 802.1Q VLAN. */
    public static Vlan of(int id) {
        return new Vlan(id, VlanProtocol.DOT1Q);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void encode(MessageWriter writer, int parent) {
        writer.u16(IFLA_VLAN_ID, id);
        writer.be16(IFLA_VLAN_PROTOCOL, protocol.etherType());
    }

    @Override
    public String options() {
        return " protocol " + protocol + " id " + id;
    }

    static Vlan decode(Attributes data) throws MalformedMessageException {
        int id = 0;
        VlanProtocol protocol = VlanProtocol.DOT1Q;
        while (data.next()) {
            Attribute a = data.attribute();
            switch (a.type()) {
                case IFLA_VLAN_ID -> id = a.u16() & 0xfff;
                case IFLA_VLAN_PROTOCOL -> protocol = VlanProtocol.of(a.be16());
                default -> {}
            }
        }
        if (id > 4094) {
            throw new MalformedMessageException("a link claims VLAN " + id);
        }
        return new Vlan(id, protocol);
    }
}
