package dev.kakehashi.linux.rtnetlink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.HardwareAddress;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.netlink.MessageWriter;
import dev.kakehashi.linux.netlink.NetlinkMessage;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** What the kernel says of links on several media. */
class HardwareAddressesTest {
    /** RTM_NEWLINK with an address only. */
    private static Link link(byte[] address) throws Exception {
        MessageWriter writer = new MessageWriter();
        LinkCodec.writeHeader(writer, Rtm.AF_UNSPEC, 7, 0, 0);
        byte[] payload = writer.bytes(LinkCodec.IFLA_ADDRESS, address).toByteArray();
        ByteBuffer message =
                ByteBuffer.allocate(16 + payload.length).order(ByteOrder.nativeOrder());
        message.putInt(16 + payload.length).putShort((short) Rtm.NEWLINK).position(16).put(payload);
        byte[] bytes = new byte[message.capacity()];
        message.get(0, bytes);
        return LinkDecoder.decode(NetlinkMessage.split(bytes).getFirst()).orElseThrow();
    }

    @Test
    void ethernet_hasAMacAddress_alsoOfZeros() throws Exception {
        Link ethernet = link(new byte[] {2, 0, 0, 0, 0, 1});
        assertThat(ethernet.mac()).contains(MacAddress.parse("02:00:00:00:00:01"));
        assertThat(ethernet.hardwareAddress()).contains(HardwareAddress.parse("02:00:00:00:00:01"));
        assertThat(link(new byte[6]).mac()).contains(MacAddress.ZERO);
    }

    @Test
    void infiniband_hasTwentyOctets_andNoMacAddress() throws Exception {
        String text = "80:00:02:08:fe:80:00:00:00:00:00:00:f4:52:14:03:00:7b:cb:a1";
        byte[] octets = new byte[20];
        String[] parts = text.split(":", -1);
        for (int i = 0; i < octets.length; i++) {
            octets[i] = (byte) Integer.parseInt(parts[i], 16);
        }
        Link infiniband = link(octets);
        assertThat(infiniband.hardwareAddress()).contains(HardwareAddress.parse(text));
        assertThat(infiniband.hardwareAddress().map(HardwareAddress::toString)).contains(text);
        assertThat(infiniband.mac()).isEmpty();
    }

    @Test
    void tunnels_haveTheAddressOfTheirEnd_orNone() throws Exception {
        assertThat(link(new byte[] {(byte) 192, 0, 2, 1}).hardwareAddress().map(Object::toString))
                .contains("c0:00:02:01");
        assertThat(link(new byte[4]).hardwareAddress()).isEmpty();
        assertThat(link(new byte[0]).hardwareAddress()).isEmpty();
    }
}
