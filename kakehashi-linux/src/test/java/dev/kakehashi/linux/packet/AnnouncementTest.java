package dev.kakehashi.linux.packet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.Address;
import dev.kakehashi.linux.rtnetlink.Addresses;
import dev.kakehashi.linux.rtnetlink.LinkSpec;
import dev.kakehashi.linux.rtnetlink.Links;
import dev.kakehashi.linux.rtnetlink.Neighbour;
import dev.kakehashi.linux.rtnetlink.Neighbours;
import dev.kakehashi.linux.rtnetlink.OperState;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.linux.rtnetlink.Veth;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Test;

import java.net.InetAddress;
import java.util.HexFormat;
import java.util.Optional;

class AnnouncementTest {
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");

    @Test
    void arp_isARequestForItself() {
        assertThat(hex(Announcement.frame(MAC, IpAddresses.parse("192.0.2.5"))))
                .isEqualTo(
                        "ffffffffffff 020000000001 0806" // Ethernet: broadcast, from, ARP
                                        .replace(" ", "")
                                + "0001080006040001" // Ethernet, IPv4, lengths, request
                                + "020000000001c0000205" // sender
                                + "000000000000c0000205"); // target: the same address
    }

    @Test
    void advertisement_hasTheChecksumOfTheRfc() {
        byte[] frame = Announcement.frame(MAC, IpAddresses.parse("2001:db8::5"));
        assertThat(frame).hasSize(86);
        // Summed with its own checksum, the whole is all ones.
        int sum = 32 + 58;
        for (int i = 22; i < 86; i += 2) {
            sum += (frame[i] & 0xff) << 8 | (frame[i + 1] & 0xff);
        }
        assertThat((sum & 0xffff) + (sum >>> 16)).isEqualTo(0xffff);
    }

    /** A neighbour that knew another MAC address learns the new one from the announcement alone. */
    @KernelTest
    @Test
    void send_overwritesWhatNeighboursKnew(TestNamespaces namespaces) throws Exception {
        Netns here = namespaces.create();
        Netns there = namespaces.create();
        InetAddress v4 = IpAddresses.parse("192.0.2.5");
        InetAddress v6 = IpAddresses.parse("2001:db8::5");
        MacAddress old = MacAddress.parse("02:00:00:00:00:99");
        try (RtNetlink rt = RtNetlink.open(here);
                RtNetlink remote = RtNetlink.open(there);
                PacketSocket socket = PacketSocket.open(here)) {
            LinkSpec peer = LinkSpec.builder().name("b").netns(there.fd()).build();
            rt.execute(Links.create(LinkSpec.builder("a", Veth.withPeer(peer)).mac(MAC).build()));
            int link = rt.link("a").orElseThrow().index();
            assertThatThrownBy(() -> Announcement.send(socket, link, MAC, v4))
                    .hasMessageContaining("ENETDOWN");
            rt.execute(Links.change("a", LinkSpec.builder().up(true).build()));
            remote.execute(Links.change("b", LinkSpec.builder().up(true).build()));
            int b = remote.link("b").orElseThrow().index();
            remote.execute(
                    Addresses.add(Address.of(b, IpPrefix.parse("192.0.2.1/24"))),
                    Addresses.add(
                            Address.of(b, IpPrefix.parse("2001:db8::1/64"))
                                    .withFlags(Address.IFA_F_NODAD)),
                    Neighbours.replace(stale(b, v4, old)),
                    Neighbours.replace(stale(b, v6, old)));
            awaitRunning(rt, "a");
            awaitRunning(remote, "b");
            awaitMac(remote, v4, old);
            Announcement.send(socket, link, MAC, v4);
            Announcement.send(socket, link, MAC, v6);
            awaitMac(remote, v4, MAC);
            awaitMac(remote, v6, MAC);
        }
    }

    private static Neighbour stale(int link, InetAddress address, MacAddress mac) {
        return new Neighbour(link, address, Optional.of(mac), Neighbour.NUD_STALE, 0, 0);
    }

    /** Until the carrier is there, a link drops what it is given. */
    private static void awaitRunning(RtNetlink rt, String name) throws Exception {
        for (int i = 0; i < 500; i++) {
            if (rt.link(name).orElseThrow().operState() == OperState.UP) {
                return;
            }
            Thread.sleep(10);
        }
        throw new AssertionError(rt.link(name).orElseThrow() + " does not come up");
    }

    private static void awaitMac(RtNetlink rt, InetAddress address, MacAddress mac)
            throws Exception {
        for (int i = 0; i < 200; i++) {
            if (rt.neighbours().stream()
                    .anyMatch(
                            n -> n.address().equals(address) && n.mac().equals(Optional.of(mac)))) {
                return;
            }
            Thread.sleep(10);
        }
        throw new AssertionError(address + " is not " + mac + " but " + rt.neighbours());
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
