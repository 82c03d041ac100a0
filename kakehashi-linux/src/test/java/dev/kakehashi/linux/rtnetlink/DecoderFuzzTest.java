package dev.kakehashi.linux.rtnetlink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageDecoder;
import dev.kakehashi.linux.netlink.NetlinkMessage;
import dev.kakehashi.linux.netlink.NetlinkRequest;
import dev.kakehashi.linux.netlink.NetlinkSocket;
import dev.kakehashi.testing.Seeds;

import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;

/**
 * Bytes from anywhere either decode or are {@link MalformedMessageException}: nothing else, and
 * never for ever.
 */
class DecoderFuzzTest {
    private static final List<MessageDecoder<?>> DECODERS =
            List.<MessageDecoder<?>>of(
                    (MessageDecoder<Link>) Links::decode,
                    (MessageDecoder<Address>) Addresses::decode,
                    (MessageDecoder<Route>) Routes::decode,
                    (MessageDecoder<Rule>) Rules::decode,
                    (MessageDecoder<Neighbour>) Neighbours::decode,
                    (MessageDecoder<FdbEntry>) Fdb::decode,
                    (MessageDecoder<BridgePortVlans>) BridgeVlans::decode,
                    (MessageDecoder<Qdisc>) Qdiscs::decode,
                    (MessageDecoder<Filter>) Filters::decode,
                    (MessageDecoder<OptionalInt>) message -> Optional.of(NetnsIds.decode(message)));

    private static final int[] TYPES = {16, 17, 20, 21, 24, 25, 28, 29, 32, 33, 36, 37, 44, 45, 88};

    @Test
    void randomBytes_neverEscapeAsAnotherException() {
        RandomGenerator random = Seeds.random();
        Assertions.assertTimeoutPreemptively(
                Duration.ofMinutes(1),
                () -> {
                    for (int round = 0; round < 100_000; round++) {
                        byte[] bytes = new byte[random.nextInt(200)];
                        random.nextBytes(bytes);
                        if (bytes.length >= 20 && random.nextInt(4) != 0) {
                            // A header that leads into the decoders.
                            ByteBuffer buffer =
                                    ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
                            buffer.putInt(0, bytes.length);
                            buffer.putShort(4, (short) TYPES[random.nextInt(TYPES.length)]);
                            bytes[16] = (byte) new int[] {0, 2, 7, 10}[random.nextInt(4)];
                        }
                        decodeAll(bytes);
                    }
                });
    }

    @Test
    void mutatedMessages_neverEscapeAsAnotherException() {
        RandomGenerator random = Seeds.random();
        List<byte[]> seeds = seeds();
        Assertions.assertTimeoutPreemptively(
                Duration.ofMinutes(1),
                () -> {
                    for (int round = 0; round < 100_000; round++) {
                        byte[] bytes = seeds.get(random.nextInt(seeds.size())).clone();
                        for (int i = random.nextInt(4); i >= 0; i--) {
                            int at = random.nextInt(bytes.length);
                            bytes[at] =
                                    switch (random.nextInt(4)) {
                                        case 0 -> 0;
                                        case 1 -> (byte) 0xff;
                                        case 2 -> (byte) (bytes[at] ^ 1 << random.nextInt(8));
                                        default -> (byte) random.nextInt();
                                    };
                        }
                        decodeAll(bytes);
                    }
                });
    }

    /** Requests have the form of answers: what is written can be read. */
    @Test
    void requests_readBack_areWhatWasAskedFor() throws Exception {
        Route route =
                Route.to(
                                IpPrefix.parse("2001:db8::/32"),
                                NextHop.via(IpAddresses.parse("2001:db8::1"), 3),
                                new NextHop(4, Optional.of(IpAddresses.parse("192.0.2.1")), 7, 0))
                        .withMtu(1400)
                        .withTable(1000)
                        .withScope(Scope.GLOBAL)
                        .withPriority(5);
        assertThat(Routes.decode(message(Routes.add(route)))).contains(route);
        Address address =
                Address.of(3, IpPrefix.parse("10.1.2.3/24"))
                        .withNetworkBroadcast()
                        .withProtocol(75)
                        .withFlags(Address.IFA_F_NOPREFIXROUTE);
        assertThat(Addresses.decode(message(Addresses.add(address)))).contains(address);
        Rule rule = Rule.lookup(false, 5, 70_000).withFrom(IpPrefix.parse("2001:db8::/32"));
        assertThat(Rules.decode(message(Rules.add(rule)))).contains(rule);
        Neighbour neighbour =
                Neighbour.permanent(3, IpAddresses.parse("fe80::1"), MacAddress.of(7));
        assertThat(Neighbours.decode(message(Neighbours.add(neighbour)))).contains(neighbour);
        FdbEntry entry =
                FdbEntry.vxlan(3, MacAddress.of(7), IpAddresses.parse("192.0.2.1"))
                        .withProtocol(75);
        assertThat(Fdb.decode(message(Fdb.add(entry)))).contains(entry);
        Vxlan vxlan = Vxlan.of(1, 8472).withLocal(IpAddresses.parse("192.0.2.1")).withoutLearning();
        Link link =
                Links.decode(
                                message(
                                        Links.create(
                                                LinkSpec.builder("x", vxlan)
                                                        .parent(9)
                                                        .mtu(1450)
                                                        .build())))
                        .orElseThrow();
        assertThat(link.kind()).contains(vxlan);
        assertThat(link.parent()).isEqualTo(9);
        assertThat(link.mtu()).isEqualTo(1450);
    }

    private static List<byte[]> seeds() {
        List<NetlinkRequest> requests = new ArrayList<>();
        BridgePort port = BridgePort.builder().hairpin(true).isolated(true).build();
        for (LinkKind kind :
                List.of(
                        Bridge.plain().withVlanFiltering(true).withVlanDefaultPvid(5),
                        Veth.withPeer(LinkSpec.builder().name("peer").build()),
                        Vxlan.of(1, 8472).withLocal(IpAddresses.parse("192.0.2.1")),
                        Macvlan.of(Macvlan.Mode.BRIDGE),
                        Ipvlan.of(Ipvlan.Mode.L3),
                        Vlan.of(5),
                        new Vrf(7),
                        Ipip.any().withLocal(IpAddresses.parse("192.0.2.1")))) {
            LinkSpec spec =
                    LinkSpec.builder("x", kind)
                            .mac(MacAddress.of(7))
                            .alias("a")
                            .bridgePort(port)
                            .addrGenMode(AddrGenMode.NONE)
                            .build();
            requests.addAll(Links.creation(spec));
            requests.add(Links.change(5, spec));
        }
        requests.add(
                Routes.add(
                        Route.to(
                                        IpPrefix.parse("10.0.0.0/8"),
                                        NextHop.via(IpAddresses.parse("2001:db8::1"), 3),
                                        NextHop.link(4))
                                .withMtu(1400)
                                .withAdvMss(1000)
                                .withSource(IpAddresses.parse("10.1.1.1"))));
        requests.add(
                Addresses.add(Address.of(3, IpPrefix.parse("10.1.2.3/24")).withNetworkBroadcast()));
        requests.add(
                Rules.add(
                        new Rule(
                                true,
                                1,
                                Optional.of(IpPrefix.parse("10.0.0.0/8")),
                                Optional.of(IpPrefix.parse("11.0.0.0/8")),
                                Optional.of("a"),
                                Optional.of("b"),
                                OptionalInt.of(1),
                                OptionalInt.of(1),
                                Rule.Action.LOOKUP,
                                1000,
                                75,
                                OptionalInt.of(1),
                                true)));
        requests.add(
                Neighbours.add(Neighbour.permanent(3, IpAddresses.parse("::1"), MacAddress.of(7))));
        requests.add(
                Fdb.add(FdbEntry.vxlan(3, MacAddress.of(7), IpAddresses.parse("::1")).withVlan(3)));
        requests.add(BridgeVlans.add(3, BridgeVlan.tagged(3, 9), false));
        requests.add(Qdiscs.add(Qdisc.root(3, new QdiscKind.Tbf(1L << 33, 5000, 5000))));
        requests.add(
                Filters.add(
                        Filter.of(
                                3,
                                Filter.EGRESS,
                                1,
                                new FilterKind.MatchAll(FilterKind.Mirred.redirectTo(3)))));
        List<byte[]> seeds = new ArrayList<>();
        for (NetlinkRequest request : requests) {
            byte[] bytes = NetlinkSocket.encode(request);
            if (request.type() == 19) {
                ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).putShort(4, (short) 16);
            }
            seeds.add(bytes);
        }
        return seeds;
    }

    private static void decodeAll(byte[] bytes) throws IOException {
        List<NetlinkMessage> messages;
        try {
            messages = NetlinkMessage.split(bytes);
        } catch (MalformedMessageException e) {
            return;
        }
        for (NetlinkMessage message : messages) {
            for (MessageDecoder<?> decoder : DECODERS) {
                try {
                    Optional<?> decoded = decoder.decode(message);
                    assertThat(decoded.map(Object::toString)).isNotNull();
                } catch (MalformedMessageException e) {
                    assertThat(e).hasMessageMatching("(?s).+");
                }
            }
        }
    }

    private static NetlinkMessage message(NetlinkRequest request) throws IOException {
        return NetlinkMessage.split(NetlinkSocket.encode(request)).getFirst();
    }
}
