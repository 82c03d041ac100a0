package dev.kakehashi.linux.netlink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.Address;
import dev.kakehashi.linux.rtnetlink.Addresses;
import dev.kakehashi.linux.rtnetlink.Bridge;
import dev.kakehashi.linux.rtnetlink.Fdb;
import dev.kakehashi.linux.rtnetlink.LinkSpec;
import dev.kakehashi.linux.rtnetlink.Links;
import dev.kakehashi.linux.rtnetlink.Neighbours;
import dev.kakehashi.linux.rtnetlink.Qdiscs;
import dev.kakehashi.linux.rtnetlink.Routes;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.linux.rtnetlink.Rules;
import dev.kakehashi.linux.rtnetlink.Veth;
import dev.kakehashi.linux.rtnetlink.Vxlan;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.Seeds;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * What a kernel really sends, damaged: it decodes or is malformed, never anything else, and ends.
 */
@KernelTest
class DumpFuzzTest {
    private static final List<NetlinkRequest> LISTS =
            List.of(
                    Links.list(),
                    Addresses.list(),
                    Routes.list(),
                    Rules.list(),
                    Neighbours.list(),
                    Fdb.list(),
                    Qdiscs.list(0));

    private interface Decoding {
        void run(NetlinkMessage message) throws MalformedMessageException;
    }

    private static final List<Decoding> DECODINGS =
            List.of(
                    m -> text(Links.decode(m)),
                    m -> text(Addresses.decode(m)),
                    m -> text(Routes.decode(m)),
                    m -> text(Rules.decode(m)),
                    m -> text(Neighbours.decode(m)),
                    m -> text(Fdb.decode(m)),
                    m -> text(Qdiscs.decode(m)),
                    m -> text(Optional.of(NetlinkError.decode(m))),
                    m -> text(Optional.of(NetlinkError.decodeDone(m))));

    @Test
    void mutatedDumps_neverEscapeAsAnotherException(TestNamespaces namespaces) throws Exception {
        List<byte[]> datagrams = record(namespaces.create());
        assertThat(datagrams).hasSizeGreaterThan(LISTS.size());
        RandomGenerator random = Seeds.random();
        Assertions.assertTimeoutPreemptively(
                Duration.ofMinutes(2),
                () -> {
                    for (int round = 0; round < 20_000; round++) {
                        byte[] bytes = datagrams.get(random.nextInt(datagrams.size())).clone();
                        for (int i = random.nextInt(8); i >= 0; i--) {
                            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
                        }
                        decode(bytes);
                    }
                });
    }

    private static void decode(byte[] bytes) {
        List<NetlinkMessage> messages;
        try {
            messages = NetlinkMessage.split(bytes);
        } catch (MalformedMessageException e) {
            return;
        }
        for (NetlinkMessage message : messages) {
            for (Decoding decoding : DECODINGS) {
                try {
                    decoding.run(message);
                } catch (MalformedMessageException e) {
                    assertThat(e).hasMessageMatching("(?s).+");
                }
            }
        }
    }

    private static void text(Optional<?> decoded) {
        assertThat(decoded.map(Object::toString)).isNotNull();
    }

    private static List<byte[]> record(Netns netns) throws IOException {
        try (RtNetlink rt = RtNetlink.open(netns)) {
            rt.execute(
                    Links.create(
                            LinkSpec.builder("br0", Bridge.plain()).index(40).up(true).build()),
                    Links.create(
                            LinkSpec.builder("a", Veth.pair())
                                    .index(50)
                                    .master(40)
                                    .up(true)
                                    .build()),
                    Links.create(LinkSpec.builder("vx", Vxlan.of(1, 8472)).index(60).build()),
                    Addresses.add(Address.of(40, IpPrefix.parse("10.1.2.3/24"))),
                    Addresses.add(Address.of(40, IpPrefix.parse("2001:db8::3/64"))));
        }
        List<byte[]> datagrams = new ArrayList<>();
        try (NetlinkChannel channel =
                netns.<NetlinkChannel, IOException>call(
                        () -> NetlinkChannel.open(NetlinkProtocol.ROUTE))) {
            for (NetlinkRequest request : LISTS) {
                MessageWriter writer = new MessageWriter();
                int flags = NetlinkMessage.NLM_F_REQUEST | NetlinkMessage.NLM_F_DUMP;
                int start = writer.beginMessage(request.type(), flags, 1, channel.port());
                request.writeTo(writer);
                writer.endMessage(start);
                channel.send(writer);
                boolean done = false;
                while (!done) {
                    byte[] datagram = channel.receive();
                    datagrams.add(datagram);
                    done =
                            NetlinkMessage.split(datagram).stream()
                                    .anyMatch(m -> m.type() == NetlinkMessage.NLMSG_DONE);
                }
            }
        }
        return datagrams;
    }
}
