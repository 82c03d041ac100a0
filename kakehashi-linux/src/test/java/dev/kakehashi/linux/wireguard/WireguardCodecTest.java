package dev.kakehashi.linux.wireguard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.genetlink.GenericRequest;
import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;
import dev.kakehashi.linux.netlink.NetlinkMessage;
import dev.kakehashi.linux.netlink.NetlinkRequest;
import dev.kakehashi.linux.netlink.NetlinkSocket;
import dev.kakehashi.testing.GoldenBytes;
import dev.kakehashi.testing.Seeds;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

class WireguardCodecTest {
    private static final int FAMILY = 0x22;

    private static final WireguardPeer PEER =
            new WireguardPeer(
                    key(7),
                    Optional.of(new WireguardEndpoint(IpAddresses.parse("192.0.2.2"), 51820)),
                    List.of(IpPrefix.parse("10.244.2.0/24"), IpPrefix.parse("fd00:2::/64")),
                    25);

    private static WireguardKey key(int octet) {
        byte[] octets = new byte[WireguardKey.LENGTH];
        Arrays.fill(octets, (byte) octet);
        return WireguardKey.of(octets);
    }

    /** As it is sent to a family of number 0x22. */
    private static byte[] bytes(GenericRequest request) {
        return NetlinkSocket.encode(
                new NetlinkRequest() {
                    @Override
                    public int type() {
                        return FAMILY;
                    }

                    @Override
                    public int flags() {
                        return 0;
                    }

                    @Override
                    public void writeTo(MessageWriter writer) {
                        writer.u8(request.command()).u8(request.version()).u16(0);
                        request.writeTo(writer);
                    }
                });
    }

    @Test
    void setPeer_isWrittenAsTheHeaderSays() {
        GoldenBytes.assertBytes(
                bytes(WireguardRequests.setPeer("wg0", PEER)),
                """
                b4000000 # length
                22000100 # family, NLM_F_REQUEST
                00000000
                00000000
                01010000 # WG_CMD_SET_DEVICE, version 1
                08000200 # WGDEVICE_A_IFNAME
                77673000
                98000880 # WGDEVICE_A_PEERS, nested
                94000080 # one
                24000100 # WGPEER_A_PUBLIC_KEY
                07070707
                07070707
                07070707
                07070707
                07070707
                07070707
                07070707
                07070707
                08000300 # WGPEER_A_FLAGS
                02000000 # WGPEER_F_REPLACE_ALLOWEDIPS
                14000400 # WGPEER_A_ENDPOINT, struct sockaddr_in
                0200ca6c # AF_INET, 51820
                c0000202
                00000000
                00000000
                06000500 # WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL
                19000000
                48000980 # WGPEER_A_ALLOWEDIPS, nested
                1c000080 # one
                06000100 # WGALLOWEDIP_A_FAMILY
                02000000
                08000200 # WGALLOWEDIP_A_IPADDR
                0af40200
                05000300 # WGALLOWEDIP_A_CIDR_MASK
                18000000
                28000080 # one
                06000100
                0a000000
                14000200
                fd000002
                00000000
                00000000
                00000000
                05000300
                40000000
                """);
    }

    @Test
    void removePeer_isWrittenAsTheHeaderSays() {
        GoldenBytes.assertBytes(
                bytes(WireguardRequests.removePeer("wg0", key(7))),
                """
                50000000
                22000100
                00000000
                00000000
                01010000
                08000200
                77673000
                34000880 # WGDEVICE_A_PEERS
                30000080
                24000100 # WGPEER_A_PUBLIC_KEY
                07070707
                07070707
                07070707
                07070707
                07070707
                07070707
                07070707
                07070707
                08000300 # WGPEER_A_FLAGS
                01000000 # WGPEER_F_REMOVE_ME
                """);
    }

    @Test
    void decode_whatWasWritten_isThePeer() throws Exception {
        assertThat(decode(bytes(WireguardRequests.setPeer("wg0", PEER))).peers())
                .containsExactly(PEER);
    }

    @Test
    void decode_deviceWithAnIpv6Peer_hasKeyPortAndEndpoint() throws Exception {
        WireguardPrivateKey own = WireguardPrivateKey.generate();
        WireguardPeer peer =
                new WireguardPeer(
                        key(9),
                        Optional.of(new WireguardEndpoint(IpAddresses.parse("2001:db8::9"), 65535)),
                        List.of(),
                        0);

        WireguardDevice device = decode(bytes(WireguardRequests.setDevice("wg0", own, 51820)));

        assertThat(device.privateKey()).contains(own);
        assertThat(device.listenPort()).isEqualTo(51820);
        assertThat(decode(bytes(WireguardRequests.setPeer("wg0", peer))).peers())
                .containsExactly(peer);
    }

    @Test
    void listInSeveralMessages_isOneDevice() {
        WireguardPeer first =
                new WireguardPeer(key(1), PEER.endpoint(), PEER.allowedIps().subList(0, 1), 0);
        WireguardPeer rest =
                new WireguardPeer(key(1), Optional.empty(), PEER.allowedIps().subList(1, 2), 0);
        WireguardPeer other = new WireguardPeer(key(2), Optional.empty(), List.of(), 0);
        Optional<WireguardPrivateKey> own = Optional.of(WireguardPrivateKey.generate());

        WireguardDevice device =
                WireguardNetlink.joined(
                        List.of(
                                new WireguardDevice(own, 51820, List.of(first)),
                                new WireguardDevice(Optional.empty(), 0, List.of(rest, other))));

        assertThat(device)
                .isEqualTo(
                        new WireguardDevice(
                                own,
                                51820,
                                List.of(
                                        new WireguardPeer(
                                                key(1), PEER.endpoint(), PEER.allowedIps(), 0),
                                        other)));
    }

    @Test
    void damagedMessages_areRefusedOrReadButNothingElseIsThrown() {
        RandomGenerator random = Seeds.random();
        byte[] whole = bytes(WireguardRequests.setPeer("wg0", PEER));
        for (int round = 0; round < 5000; round++) {
            byte[] damaged = whole.clone();
            for (int i = random.nextInt(1, 4); i > 0; i--) {
                damaged[random.nextInt(20, damaged.length)] = (byte) random.nextInt();
            }
            try {
                assertThat(decode(damaged)).isNotNull();
            } catch (MalformedMessageException e) {
                assertThat(e).hasMessageMatching(".+");
            }
        }
    }

    private static WireguardDevice decode(byte[] bytes) throws MalformedMessageException {
        return WireguardCodec.decode(NetlinkMessage.split(bytes).getFirst()).orElseThrow();
    }
}
