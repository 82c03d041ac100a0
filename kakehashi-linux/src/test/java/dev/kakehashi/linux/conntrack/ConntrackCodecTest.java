package dev.kakehashi.linux.conntrack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;
import dev.kakehashi.linux.netlink.NetlinkMessage;
import dev.kakehashi.linux.netlink.NetlinkRequest;
import dev.kakehashi.linux.netlink.NetlinkSocket;
import dev.kakehashi.testing.Seeds;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.random.RandomGenerator;

class ConntrackCodecTest {
    private static final ConntrackEntry ENTRY =
            new ConntrackEntry(
                    new ConntrackTuple(
                            IpAddresses.parse("10.1.1.1"),
                            IpAddresses.parse("10.1.1.2"),
                            ConntrackTuple.UDP,
                            1000,
                            53),
                    new ConntrackTuple(
                            IpAddresses.parse("10.1.1.2"),
                            IpAddresses.parse("10.1.1.1"),
                            ConntrackTuple.UDP,
                            53,
                            1000),
                    7,
                    0,
                    0);

    private static final NetlinkRequest WHOLE =
            new NetlinkRequest() {
                @Override
                public int type() {
                    return ConntrackCodec.IPCTNL_MSG_CT_NEW;
                }

                @Override
                public int flags() {
                    return 0;
                }

                @Override
                public void writeTo(MessageWriter writer) {
                    ConntrackCodec.writeIdentity(writer, ENTRY);
                    ConntrackCodec.writeTuple(
                            writer, ConntrackCodec.CTA_TUPLE_REPLY, ENTRY.reply());
                }
            };

    @Test
    void decode_whatWasWritten_isTheEntry() throws Exception {
        NetlinkMessage message = NetlinkMessage.split(NetlinkSocket.encode(WHOLE)).getFirst();
        assertThat(ConntrackCodec.decode(message)).contains(ENTRY);
    }

    @Test
    void mutatedMessages_areMalformedAndNothingElse() {
        RandomGenerator random = Seeds.random();
        int decoded = 0;
        for (int round = 0; round < 50_000; round++) {
            byte[] bytes = NetlinkSocket.encode(WHOLE);
            for (int i = random.nextInt(4); i >= 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try {
                List<NetlinkMessage> messages = NetlinkMessage.split(bytes);
                for (NetlinkMessage message : messages) {
                    decoded += ConntrackCodec.decode(message).isPresent() ? 1 : 0;
                }
            } catch (MalformedMessageException e) {
                assertThat(e).hasMessageMatching("(?s).+");
            }
        }
        assertThat(decoded).isBetween(1, 50_000 - 1);
    }
}
