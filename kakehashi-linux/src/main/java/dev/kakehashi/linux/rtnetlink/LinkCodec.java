package dev.kakehashi.linux.rtnetlink;

import dev.kakehashi.linux.netlink.MessageWriter;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/** Writes {@code struct ifinfomsg} and {@code IFLA_*} (linux/if_link.h). */
final class LinkCodec {
    static final int IFINFOMSG = 16;

    static final int IFLA_ADDRESS = 1;
    static final int IFLA_IFNAME = 3;
    static final int IFLA_MTU = 4;
    static final int IFLA_LINK = 5;
    static final int IFLA_MASTER = 10;
    static final int IFLA_TXQLEN = 13;
    static final int IFLA_OPERSTATE = 16;
    static final int IFLA_LINKINFO = 18;
    static final int IFLA_IFALIAS = 20;
    static final int IFLA_AF_SPEC = 26;
    static final int IFLA_GROUP = 27;
    static final int IFLA_NET_NS_FD = 28;
    static final int IFLA_EXT_MASK = 29;
    static final int IFLA_PROMISCUITY = 30;
    static final int IFLA_NUM_TX_QUEUES = 31;
    static final int IFLA_NUM_RX_QUEUES = 32;
    static final int IFLA_LINK_NETNSID = 37;
    static final int IFLA_ALLMULTI = 61;

    static final int IFLA_INFO_KIND = 1;
    static final int IFLA_INFO_DATA = 2;
    static final int IFLA_INFO_SLAVE_KIND = 4;
    static final int IFLA_INFO_SLAVE_DATA = 5;

    static final int IFLA_INET_CONF = 1;
    static final int IFLA_INET6_ADDR_GEN_MODE = 8;

    /** Leaves out statistics, of which each link has hundreds of bytes. */
    static final int RTEXT_FILTER_SKIP_STATS = 8;

    static final String BRIDGE = "bridge";

    private LinkCodec() {}

    /** {@code struct ifinfomsg}; of the flags only those that the spec names are changed. */
    static void writeHeader(MessageWriter writer, LinkSpec spec, int index) {
        int flags = 0;
        int change = 0;
        if (spec.up().isPresent()) {
            change |= Link.IFF_UP;
            flags |= spec.up().get() ? Link.IFF_UP : 0;
        }
        if (spec.promiscuous().isPresent()) {
            change |= Link.IFF_PROMISC;
            flags |= spec.promiscuous().get() ? Link.IFF_PROMISC : 0;
        }
        if (spec.allMulticast().isPresent()) {
            change |= Link.IFF_ALLMULTI;
            flags |= spec.allMulticast().get() ? Link.IFF_ALLMULTI : 0;
        }
        if (spec.arp().isPresent()) {
            change |= Link.IFF_NOARP;
            flags |= spec.arp().get() ? 0 : Link.IFF_NOARP;
        }
        int number = index != 0 ? index : spec.index().orElse(0);
        writeHeader(writer, Rtm.AF_UNSPEC, number, flags, change);
    }

    static void writeHeader(MessageWriter writer, int family, int index, int flags, int change) {
        writer.u8(family).u8(0).u16(0).u32(index).u32(flags).u32(change);
    }

    /**
     * Writes what is said of a link.
     *
     * @param creation whether the link is made, not changed
     */
    static void writeAttributes(MessageWriter writer, LinkSpec spec, boolean creation) {
        spec.name().ifPresent(name -> writer.string(IFLA_IFNAME, name));
        spec.mac().ifPresent(mac -> writer.mac(IFLA_ADDRESS, mac));
        Wanted.u32(writer, IFLA_MTU, spec.mtu());
        Wanted.u32(writer, IFLA_TXQLEN, spec.txQueueLength());
        Wanted.u32(writer, IFLA_NUM_TX_QUEUES, spec.txQueues());
        Wanted.u32(writer, IFLA_NUM_RX_QUEUES, spec.rxQueues());
        Wanted.u32(writer, IFLA_GROUP, spec.group());
        Wanted.u32(writer, IFLA_MASTER, spec.master());
        // Without NUL, which the kernel would count: IFALIASZ leaves room for 255 bytes.
        spec.alias().ifPresent(a -> writer.bytes(IFLA_IFALIAS, a.getBytes(StandardCharsets.UTF_8)));
        if (spec.kind().isEmpty() || !spec.kind().get().hasParentAttribute()) {
            Wanted.u32(writer, IFLA_LINK, spec.parent());
        }
        Wanted.u32(writer, IFLA_LINK_NETNSID, spec.parentNetnsId());
        spec.netns().ifPresent(fd -> writer.u32(IFLA_NET_NS_FD, fd.number()));
        writeInfo(writer, spec, creation);
        writeFamilies(writer, spec.ipv4(), spec.addrGenMode());
    }

    private static void writeInfo(MessageWriter writer, LinkSpec spec, boolean creation) {
        if (spec.kind().isEmpty() && spec.bridgePort().isEmpty()) {
            return;
        }
        int info = writer.begin(IFLA_LINKINFO);
        spec.kind()
                .ifPresent(kind -> {
                    writer.string(IFLA_INFO_KIND, kind.name());
                    int data = writer.begin(IFLA_INFO_DATA);
                    if (creation) {
                        kind.encode(writer, spec.parent().orElse(0));
                    } else {
                        kind.encodeChange(writer);
                    }
                    writer.end(data);
                });
        spec.bridgePort()
                .ifPresent(port -> {
                    writer.string(IFLA_INFO_SLAVE_KIND, BRIDGE);
                    int data = writer.begin(IFLA_INFO_SLAVE_DATA);
                    port.encode(writer);
                    writer.end(data);
                });
        writer.end(info);
    }

    private static void writeFamilies(
            MessageWriter writer, Map<Ipv4Setting, Integer> ipv4, Optional<AddrGenMode> mode) {
        if (ipv4.isEmpty() && mode.isEmpty()) {
            return;
        }
        int families = writer.begin(IFLA_AF_SPEC);
        if (!ipv4.isEmpty()) {
            int inet = writer.begin(Rtm.AF_INET);
            int conf = writer.begin(IFLA_INET_CONF);
            ipv4.forEach((setting, value) -> writer.u32(setting.number(), value));
            writer.end(conf);
            writer.end(inet);
        }
        mode.ifPresent(m -> {
            int inet6 = writer.begin(Rtm.AF_INET6);
            writer.u8(IFLA_INET6_ADDR_GEN_MODE, m.number());
            writer.end(inet6);
        });
        writer.end(families);
    }
}
