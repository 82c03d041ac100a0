package dev.kakehashi.linux.iptables;

import dev.kakehashi.linux.nft.expr.Value;
import dev.kakehashi.linux.nft.expr.Xtables;
import dev.kakehashi.linux.nft.expr.Xtables.Part;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The structures of the extensions that our rules use, in the processor's order and filled up to
 * XT_ALIGN, linux/netfilter/xt_*.h.
 */
final class XtablesInfo {
    /** XT_MAX_COMMENT_LEN, with the closing zero. */
    static final int COMMENT_SIZE = 256;

    private static final int ANY_PORT = 0xffff;

    private XtablesInfo() {}

    private static ByteBuffer struct(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.nativeOrder());
    }

    private static Xtables of(Part part, String name, int revision, ByteBuffer struct) {
        byte[] bytes = new byte[struct.capacity()];
        struct.get(0, bytes);
        return new Xtables(part, name, revision, Value.of(bytes));
    }

    /** struct xt_comment_info; the text has less than {@link #COMMENT_SIZE} bytes. */
    static Xtables comment(String text) {
        return of(
                Part.MATCH,
                "comment",
                0,
                struct(COMMENT_SIZE).put(text.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * struct xt_conntrack_mtinfo3 with a state only.
     *
     * @param states bits of XT_CONNTRACK_STATE_BIT
     */
    static Xtables conntrack(int states) {
        short state = 1; // XT_CONNTRACK_STATE
        int matchFlags = 146;
        int stateMask = 150;
        return of(
                Part.MATCH,
                "conntrack",
                3,
                struct(168).putShort(matchFlags, state).putShort(stateMask, (short) states));
    }

    /** struct xt_multiport_v1, at most 15 ports. */
    static Xtables destinationPorts(List<Integer> ports) {
        return of(Part.MATCH, "multiport", 1, struct(48).put(Iptables.ports(ports)));
    }

    /** struct xt_tcp or xt_udp, which begin alike. */
    static Xtables destinationPort(String protocol, int port) {
        ByteBuffer struct =
                struct(16)
                        .putShort((short) 0)
                        .putShort((short) ANY_PORT)
                        .putShort((short) port)
                        .putShort((short) port);
        return of(Part.MATCH, protocol, 0, struct);
    }

    /** struct xt_addrtype_info_v1, destination is of this host. */
    static Xtables destinationIsLocal() {
        short local = 1 << 2; // XT_ADDRTYPE_LOCAL
        return of(Part.MATCH, "addrtype", 1, struct(8).putShort((short) 0).putShort(local));
    }

    /** struct xt_mark_tginfo2. */
    static Xtables setMark(int mark, int mask) {
        return of(Part.TARGET, "MARK", 2, struct(8).putInt(mark).putInt(mask));
    }

    /**
     * struct nf_nat_ipv4_multi_range_compat or nf_nat_range: whatever address and port there is.
     */
    static Xtables masquerade(IptablesFamily family) {
        ByteBuffer struct =
                family == IptablesFamily.IPV4 ? struct(24).putInt(1) : struct(40); // one range
        return of(Part.TARGET, "MASQUERADE", 0, struct);
    }

    /** struct nf_nat_range2 with one address and one port. */
    static Xtables destination(InetAddress address, int port) {
        int flags = 1 | 2; // NF_NAT_RANGE_MAP_IPS, NF_NAT_RANGE_PROTO_SPECIFIED
        byte[] bytes = address.getAddress();
        ByteBuffer struct = struct(48).putInt(flags);
        int maxAddress = 20;
        int minPort = 36;
        struct.put(4, bytes).put(maxAddress, bytes);
        struct.order(ByteOrder.BIG_ENDIAN)
                .putShort(minPort, (short) port)
                .putShort(minPort + 2, (short) port);
        return of(Part.TARGET, "DNAT", 2, struct);
    }
}
