package dev.kakehashi.linux.rtnetlink;

import dev.kakehashi.linux.HardwareAddress;
import dev.kakehashi.linux.netlink.Attribute;
import dev.kakehashi.linux.netlink.Attributes;
import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.NetlinkMessage;
import dev.kakehashi.linux.netlink.Payload;

import org.jspecify.annotations.Nullable;

import java.util.Optional;
import java.util.OptionalInt;

/** Reads {@code RTM_NEWLINK} and {@code RTM_DELLINK}. */
final class LinkDecoder {
    private String name = "";
    private String kindName = "";
    private @Nullable Attribute kindData;
    private String slaveKind = "";
    private @Nullable Attribute slaveData;
    private OperState operState = OperState.UNKNOWN;
    private int parent;
    private OptionalInt parentNetnsId = OptionalInt.empty();
    private int master;
    private Optional<HardwareAddress> hardwareAddress = Optional.empty();
    private int mtu;
    private int txQueueLength;
    private int txQueues;
    private int rxQueues;
    private int group;
    private String alias = "";
    private int promiscuity;
    private int allMulticasts;
    private Optional<AddrGenMode> addrGenMode = Optional.empty();

    private LinkDecoder() {}

    /**
     * Empty for messages that are not about links, and for those of other families (bridge ports).
     */
    static Optional<Link> decode(NetlinkMessage message) throws MalformedMessageException {
        if (message.type() != Rtm.NEWLINK && message.type() != Rtm.DELLINK) {
            return Optional.empty();
        }
        Payload payload = message.payload();
        if (payload.u8(0) != Rtm.AF_UNSPEC) {
            return Optional.empty();
        }
        LinkDecoder decoder = new LinkDecoder();
        decoder.read(payload.attributes(LinkCodec.IFINFOMSG));
        return Optional.of(decoder.link(payload.u32(4), payload.u32(8)));
    }

    private void read(Attributes attributes) throws MalformedMessageException {
        while (attributes.next()) {
            Attribute a = attributes.attribute();
            switch (a.type()) {
                case LinkCodec.IFLA_IFNAME -> name = a.string();
                case LinkCodec.IFLA_ADDRESS -> hardwareAddress = hardwareAddress(a.bytes());
                case LinkCodec.IFLA_MTU -> mtu = a.u32();
                case LinkCodec.IFLA_LINK -> parent = a.u32();
                case LinkCodec.IFLA_LINK_NETNSID -> parentNetnsId = OptionalInt.of(a.u32());
                case LinkCodec.IFLA_MASTER -> master = a.u32();
                case LinkCodec.IFLA_TXQLEN -> txQueueLength = a.u32();
                case LinkCodec.IFLA_OPERSTATE -> operState = OperState.of(a.u8());
                case LinkCodec.IFLA_IFALIAS -> alias = a.string();
                case LinkCodec.IFLA_GROUP -> group = a.u32();
                case LinkCodec.IFLA_PROMISCUITY -> promiscuity = a.u32();
                case LinkCodec.IFLA_ALLMULTI -> allMulticasts = a.u32();
                case LinkCodec.IFLA_NUM_TX_QUEUES -> txQueues = a.u32();
                case LinkCodec.IFLA_NUM_RX_QUEUES -> rxQueues = a.u32();
                case LinkCodec.IFLA_LINKINFO -> readInfo(a.nested());
                case LinkCodec.IFLA_AF_SPEC -> readFamilies(a.nested());
                default -> {}
            }
        }
    }

    /** Zeros are an address of Ethernet, where the loopback has it; elsewhere they say none. */
    private static Optional<HardwareAddress> hardwareAddress(byte[] octets) {
        boolean said = octets.length == 6;
        for (byte octet : octets) {
            said |= octet != 0;
        }
        return said ? Optional.of(HardwareAddress.of(octets)) : Optional.empty();
    }

    private void readInfo(Attributes info) throws MalformedMessageException {
        while (info.next()) {
            Attribute a = info.attribute();
            switch (a.type()) {
                case LinkCodec.IFLA_INFO_KIND -> kindName = a.string();
                case LinkCodec.IFLA_INFO_DATA -> kindData = a;
                case LinkCodec.IFLA_INFO_SLAVE_KIND -> slaveKind = a.string();
                case LinkCodec.IFLA_INFO_SLAVE_DATA -> slaveData = a;
                default -> {}
            }
        }
    }

    private void readFamilies(Attributes families) throws MalformedMessageException {
        while (families.next()) {
            if (families.attribute().type() == Rtm.AF_INET6) {
                Attributes inet6 = families.attribute().nested();
                while (inet6.next()) {
                    Attribute a = inet6.attribute();
                    if (a.type() == LinkCodec.IFLA_INET6_ADDR_GEN_MODE) {
                        addrGenMode = Optional.of(AddrGenMode.of(a.u8()));
                    }
                }
            }
        }
    }

    private Link link(int index, int flags) throws MalformedMessageException {
        Optional<LinkKind> kind = Optional.empty();
        if (!kindName.isEmpty()) {
            kind = Optional.of(LinkKind.decode(kindName, attributesOf(kindData)));
            if (kind.get() instanceof Vxlan && parent == 0) {
                parent = Vxlan.parent(attributesOf(kindData));
            }
        }
        Optional<BridgePort> port =
                slaveKind.equals(LinkCodec.BRIDGE)
                        ? Optional.of(BridgePort.decode(attributesOf(slaveData)))
                        : Optional.empty();
        return new Link(
                index,
                name,
                kind,
                flags,
                operState,
                parent,
                parentNetnsId,
                master,
                hardwareAddress,
                mtu,
                txQueueLength,
                txQueues,
                rxQueues,
                group,
                alias,
                promiscuity,
                allMulticasts,
                port,
                addrGenMode);
    }

    private static Attributes attributesOf(@Nullable Attribute attribute) {
        return attribute == null ? Attributes.none() : attribute.nested();
    }
}
