package dev.kakehashi.linux.rtnetlink;

import dev.kakehashi.linux.netlink.Attribute;
import dev.kakehashi.linux.netlink.Attributes;
import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;

/**
 * A virtual routing domain: links with it as master use its table. Equivalent to: {@code ip link
 * add type vrf table $table}.
 *
 * @param table the routing table, fixed for the life of the link
 */
public record Vrf(int table) implements LinkKind {
    static final String NAME = "vrf";
    private static final int IFLA_VRF_TABLE = 1;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void encode(MessageWriter writer, int parent) {
        writer.u32(IFLA_VRF_TABLE, table);
    }

    @Override
    public String options() {
        return " table " + Integer.toUnsignedString(table);
    }

    static Vrf decode(Attributes data) throws MalformedMessageException {
        int table = 0;
        while (data.next()) {
            Attribute a = data.attribute();
            if (a.type() == IFLA_VRF_TABLE) {
                table = a.u32();
            }
        }
        return new Vrf(table);
    }
}
