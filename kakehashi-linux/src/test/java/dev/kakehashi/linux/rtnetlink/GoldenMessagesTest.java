package dev.kakehashi.linux.rtnetlink;

import static dev.kakehashi.testing.GoldenBytes.assertBytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.netlink.MessageWriter;
import dev.kakehashi.linux.netlink.NetlinkMessage;
import dev.kakehashi.linux.netlink.NetlinkSocket;
import dev.kakehashi.testing.GoldenBytes;

import org.junit.jupiter.api.Test;

import java.util.OptionalInt;

/** The bytes of requests, written down from linux/rtnetlink.h. */
class GoldenMessagesTest {
    @Test
    void linkCreate_vethWithPeer() {
        LinkSpec peer = LinkSpec.builder().name("eth0").index(2).build();
        LinkSpec spec =
                LinkSpec.builder("v", Veth.withPeer(peer))
                        .index(9)
                        .mtu(1400)
                        .master(4)
                        .up(true)
                        .build();
        assertBytes(
                NetlinkSocket.encode(Links.create(spec)),
                """
                6c000000  # length 108
                10000106  # RTM_NEWLINK, NLM_F_REQUEST | NLM_F_EXCL | NLM_F_CREATE
                00000000  # sequence
                00000000  # port
                00000000  # ifinfomsg: family, padding, type
                09000000  # index 9
                01000000  # flags IFF_UP
                01000000  # changed flags IFF_UP
                06000300  # IFLA_IFNAME
                76000000  # "v"
                08000400  # IFLA_MTU
                78050000  # 1400
                08000a00  # IFLA_MASTER
                04000000  # 4
                34001280  # IFLA_LINKINFO, nested
                09000100  # IFLA_INFO_KIND
                76657468  # "veth"
                00000000  # its end
                24000280  # IFLA_INFO_DATA, nested
                20000180  # VETH_INFO_PEER, nested
                00000000  # ifinfomsg of the peer
                02000000  # index 2
                00000000  # flags
                00000000  # changed flags
                09000300  # IFLA_IFNAME
                65746830  # "eth0"
                00000000  # its end
                """);
    }

    @Test
    void routeAdd_onlinkWithMark() {
        Route route =
                Route.to(
                                IpPrefix.parse("10.244.1.0/24"),
                                NextHop.onlink(IpAddresses.parse("10.244.1.0"), 7))
                        .withProtocol(75);
        assertBytes(
                NetlinkSocket.encode(Routes.add(route)),
                """
                3c000000  # length 60
                18000106  # RTM_NEWROUTE, NLM_F_REQUEST | NLM_F_EXCL | NLM_F_CREATE
                00000000  # sequence
                00000000  # port
                02180000  # AF_INET, destination 24 bits, source 0, TOS
                fe4b0001  # table 254, protocol 75, scope global, RTN_UNICAST
                04000000  # RTNH_F_ONLINK
                08000f00  # RTA_TABLE
                fe000000  # main
                08000100  # RTA_DST
                0af40100  # 10.244.1.0
                08000500  # RTA_GATEWAY
                0af40100  # 10.244.1.0
                08000400  # RTA_OIF
                07000000  # 7
                """);
    }

    @Test
    void addressAdd_withBroadcastAndProtocol() {
        Address address =
                Address.of(3, IpPrefix.parse("10.1.2.3/24"))
                        .withNetworkBroadcast()
                        .withProtocol(75);
        assertBytes(
                NetlinkSocket.encode(Addresses.add(address)),
                """
                38000000  # length 56
                14000106  # RTM_NEWADDR, NLM_F_REQUEST | NLM_F_EXCL | NLM_F_CREATE
                00000000  # sequence
                00000000  # port
                02180000  # AF_INET, 24 bits, flags, scope global
                03000000  # link 3
                08000200  # IFA_LOCAL
                0a010203  # 10.1.2.3
                08000100  # IFA_ADDRESS
                0a010203  # 10.1.2.3
                08000400  # IFA_BROADCAST
                0a0102ff  # 10.1.2.255
                05000b00  # IFA_PROTO
                4b000000  # 75
                """);
    }

    @Test
    void fdbReplace_asFlannelSendsIt() {
        FdbEntry entry =
                FdbEntry.vxlan(
                        5, MacAddress.parse("02:00:00:00:00:01"), IpAddresses.parse("192.0.2.9"));
        assertBytes(
                NetlinkSocket.encode(Fdb.replace(entry)),
                """
                30000000  # length 48
                1c000105  # RTM_NEWNEIGH, NLM_F_REQUEST | NLM_F_REPLACE | NLM_F_CREATE
                00000000  # sequence
                00000000  # port
                07000000  # AF_BRIDGE
                05000000  # link 5
                c0000200  # NUD_PERMANENT | NUD_NOARP, NTF_SELF
                0a000200  # NDA_LLADDR
                02000000  # 02:00:00:00
                00010000  # 00:01
                08000100  # NDA_DST
                c0000209  # 192.0.2.9
                """);
    }

    @Test
    void bridgeVlanAdd_aRange() {
        assertBytes(
                NetlinkSocket.encode(BridgeVlans.add(6, BridgeVlan.tagged(10, 20), false)),
                """
                34000000  # length 52
                13000100  # RTM_SETLINK, NLM_F_REQUEST
                00000000  # sequence
                00000000  # port
                07000000  # AF_BRIDGE
                06000000  # port 6
                00000000  # flags
                00000000  # changed flags
                14001a80  # IFLA_AF_SPEC, nested
                08000200  # IFLA_BRIDGE_VLAN_INFO
                08000a00  # range begins, 10
                08000200  # IFLA_BRIDGE_VLAN_INFO
                10001400  # range ends, 20
                """);
    }

    /** Netlink makes none (see {@link TunDevice}); this is what the kernel tells of one. */
    @Test
    void linkOfTun_isRead() throws Exception {
        byte[] bytes =
                GoldenBytes.parse(
                        """
                        60000000  # length 96
                        10000000  # RTM_NEWLINK
                        00000000  # sequence
                        00000000  # port
                        0000feff  # AF_UNSPEC, ARPHRD_NONE
                        05000000  # index 5
                        90100000  # flags IFF_MULTICAST | IFF_NOARP | IFF_POINTOPOINT
                        00000000  # changed flags
                        08000300  # IFLA_IFNAME
                        74756e00  # "tun"
                        38001280  # IFLA_LINKINFO, nested
                        08000100  # IFLA_INFO_KIND
                        74756e00  # "tun"
                        2c000280  # IFLA_INFO_DATA, nested
                        05000300  # IFLA_TUN_TYPE
                        02000000  # IFF_TAP
                        08000100  # IFLA_TUN_OWNER
                        e8030000  # 1000
                        08000200  # IFLA_TUN_GROUP
                        64000000  # 100
                        05000600  # IFLA_TUN_PERSIST
                        01000000  # yes
                        05000700  # IFLA_TUN_MULTI_QUEUE
                        00000000  # no
                        """);
        Tun tun = new Tun(true, OptionalInt.of(1000), OptionalInt.of(100), true, false);
        assertThat(Links.decode(NetlinkMessage.split(bytes).getFirst()).orElseThrow().kind())
                .contains(tun);
        MessageWriter nothing = new MessageWriter();
        tun.encode(nothing, 0);
        assertThat(nothing.length()).isZero();
    }

    @Test
    void difference_isShownSideBySide() {
        assertThatThrownBy(
                        () -> assertBytes(new byte[] {1, 2, 3, 4, 5}, "01020304 # four\n06 # one"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("       0  01020304  01020304  four")
                .hasMessageContaining("!      4  06        05        one");
        assertThat(GoldenBytes.lines(new byte[] {1, 2, 3, 4, 5})).containsExactly("01020304", "05");
    }
}
