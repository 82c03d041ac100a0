package dev.kakehashi.ipam.dhcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.netns.NetnsId;
import dev.kakehashi.testing.Seeds;

import org.junit.jupiter.api.Test;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A client's part, with a clock and a server of words only. */
class DialogueTest {

    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:07");
    private static final InetAddress ADDRESS = IpAddresses.parse("192.0.2.9");
    private static final InetAddress SERVER = IpAddresses.parse("192.0.2.1");
    private static final Instant START = Instant.ofEpochSecond(1000);

    private final Acquisition acquisition =
            new Acquisition(
                    MAC,
                    DhcpOptions.NONE.with(DhcpOptions.CLIENT_ID, (byte) 0, (byte) 'x'),
                    Retry.DEFAULT,
                    false,
                    Seeds.random());

    private static DhcpMessage reply(DhcpMessage.Type type, int xid, DhcpOptions options) {
        return new DhcpMessage(
                true,
                xid,
                0,
                false,
                DhcpMessage.NOBODY,
                type == DhcpMessage.Type.NAK ? DhcpMessage.NOBODY : ADDRESS,
                MAC,
                options.with(DhcpOptions.MESSAGE_TYPE, type.number())
                        .with(DhcpOptions.SERVER_ID, SERVER));
    }

    private static DhcpOptions seconds(int option, int seconds) {
        return seconds(DhcpOptions.NONE, option, seconds);
    }

    private static DhcpOptions seconds(DhcpOptions options, int option, int seconds) {
        return options.with(
                option,
                (byte) (seconds >> 24),
                (byte) (seconds >> 16),
                (byte) (seconds >> 8),
                (byte) seconds);
    }

    private static DhcpMessage sent(Dialogue.Step step) {
        assertThat(step).isInstanceOf(Dialogue.Send.class);
        return ((Dialogue.Send) step).message();
    }

    @Test
    void acquisition_takesTheFirstOffer() {
        DhcpMessage discover = sent(acquisition.begin(START));
        assertThat(discover.type()).contains(DhcpMessage.Type.DISCOVER);
        int xid = discover.xid();
        assertThat(
                        acquisition.received(
                                reply(DhcpMessage.Type.OFFER, xid + 1, DhcpOptions.NONE), START))
                .as("of another client")
                .isEmpty();
        assertThat(acquisition.received(reply(DhcpMessage.Type.ACK, xid, DhcpOptions.NONE), START))
                .as("of nothing that was asked for")
                .isEmpty();

        DhcpMessage request =
                sent(
                        acquisition
                                .received(
                                        reply(DhcpMessage.Type.OFFER, xid, DhcpOptions.NONE), START)
                                .orElseThrow());

        assertThat(request.type()).contains(DhcpMessage.Type.REQUEST);
        assertThat(request.options().address(DhcpOptions.REQUESTED_ADDRESS)).contains(ADDRESS);
        assertThat(request.options().address(DhcpOptions.SERVER_ID)).contains(SERVER);
        assertThat(request.options().find(DhcpOptions.CLIENT_ID)).isPresent();
        Optional<Dialogue.Step> bound =
                acquisition.received(
                        reply(DhcpMessage.Type.ACK, xid, seconds(DhcpOptions.LEASE_SECONDS, 600)),
                        START.plusSeconds(1));
        Lease lease = ((Dialogue.Bound) bound.orElseThrow()).lease();
        assertThat(lease.address()).isEqualTo(ADDRESS);
        assertThat(lease.server()).isEqualTo(SERVER);
        assertThat(lease.renewal()).isEqualTo(START.plusSeconds(300));
        assertThat(lease.rebinding()).isEqualTo(START.plusSeconds(510));
        assertThat(lease.expiry()).isEqualTo(START.plusSeconds(600));
    }

    @Test
    void subnetMask_missingOrWithHoles_isAnError() throws Exception {
        assertThat(
                        leased(DhcpOptions.NONE.with(DhcpOptions.SUBNET_MASK, mask(0xfffff000)))
                                .prefixLength())
                .isEqualTo(20);
        assertThatThrownBy(() -> leased(DhcpOptions.NONE).prefixLength())
                .isInstanceOf(CniException.class)
                .hasMessage("DHCP option Subnet Mask not found in DHCPACK");
        Lease holes = leased(DhcpOptions.NONE.with(DhcpOptions.SUBNET_MASK, mask(0xff00ff00)));
        assertThatThrownBy(holes::prefixLength)
                .isInstanceOf(CniException.class)
                .hasMessage("DHCPACK has a Subnet Mask with holes in it");
    }

    private static byte[] mask(int bits) {
        return ByteBuffer.allocate(4).putInt(bits).array();
    }

    private Lease leased(DhcpOptions options) {
        int xid = sent(acquisition.begin(START)).xid();
        assertThat(
                        acquisition.received(
                                reply(DhcpMessage.Type.OFFER, xid, DhcpOptions.NONE), START))
                .isPresent();
        Optional<Dialogue.Step> bound =
                acquisition.received(reply(DhcpMessage.Type.ACK, xid, options), START);
        return ((Dialogue.Bound) bound.orElseThrow()).lease();
    }

    @Test
    void acquisition_afterNak_beginsAnew() {
        int xid = sent(acquisition.begin(START)).xid();
        assertThat(
                        acquisition.received(
                                reply(DhcpMessage.Type.OFFER, xid, DhcpOptions.NONE), START))
                .isPresent();
        Dialogue.Step step =
                acquisition
                        .received(reply(DhcpMessage.Type.NAK, xid, DhcpOptions.NONE), START)
                        .orElseThrow();
        assertThat(sent(step).type()).contains(DhcpMessage.Type.DISCOVER);
    }

    @Test
    void acquisition_asksAgain_lessAndLessOften_untilItGivesUp() {
        Instant now = START;
        Dialogue.Step step = acquisition.begin(now);
        int tries = 0;
        while (step instanceof Dialogue.Send(DhcpMessage message, Duration patience)) {
            assertThat(message.type()).contains(DhcpMessage.Type.DISCOVER);
            assertThat(message.seconds()).isEqualTo(Duration.between(START, now).toSeconds());
            assertThat(patience).isBetween(Duration.ofMillis(1), Duration.ofSeconds(10));
            now = now.plus(patience);
            step = acquisition.timedOut(now);
            tries++;
        }
        assertThat(step).isInstanceOf(Dialogue.GiveUp.class);
        assertThat(Duration.between(START, now)).isEqualTo(Duration.ofSeconds(208));
        assertThat(tries).isBetween(20, 30);
    }

    private static Lease lease(DhcpOptions options) {
        return new Lease(ADDRESS, SERVER, MAC, START, options);
    }

    @Test
    void renewal_keepsWhatTheServerDoesNotRepeat() {
        Lease lease =
                lease(
                        seconds(DhcpOptions.LEASE_SECONDS, 600)
                                .with(DhcpOptions.SUBNET_MASK, IpAddresses.parse("255.255.255.0")));
        Renewal renewal = new Renewal(lease, DhcpOptions.NONE, Duration.ofSeconds(10), 5);
        DhcpMessage request = sent(renewal.begin(START.plusSeconds(300)));
        assertThat(request.clientAddress()).isEqualTo(ADDRESS);
        assertThat(request.options().has(DhcpOptions.REQUESTED_ADDRESS)).isFalse();
        assertThat(request.options().has(DhcpOptions.SERVER_ID)).isFalse();
        Dialogue.Step step =
                renewal.received(
                                reply(
                                        DhcpMessage.Type.ACK,
                                        5,
                                        seconds(DhcpOptions.LEASE_SECONDS, 100)),
                                START.plusSeconds(301))
                        .orElseThrow();
        Lease renewed = ((Dialogue.Bound) step).lease();
        assertThat(renewed.expiry()).isEqualTo(START.plusSeconds(400));
        assertThat(renewed.options().address(DhcpOptions.SUBNET_MASK)).isPresent();
        assertThat(
                        renewal.received(reply(DhcpMessage.Type.NAK, 5, DhcpOptions.NONE), START)
                                .orElseThrow())
                .isInstanceOf(Dialogue.Refused.class);
        assertThat(renewal.timedOut(START)).isInstanceOf(Dialogue.GiveUp.class);
    }

    @Test
    void phases_followTheTimersOfTheServer() {
        DhcpOptions options = seconds(DhcpOptions.LEASE_SECONDS, 1000);
        options = seconds(options, DhcpOptions.RENEWAL_SECONDS, 100);
        options = seconds(options, DhcpOptions.REBINDING_SECONDS, 700);
        Lease lease = lease(options);
        assertThat(Renewal.phase(lease, START.plusSeconds(99))).isEqualTo(Renewal.Phase.BOUND);
        assertThat(Renewal.phase(lease, START.plusSeconds(100))).isEqualTo(Renewal.Phase.RENEWING);
        assertThat(Renewal.phase(lease, START.plusSeconds(700))).isEqualTo(Renewal.Phase.REBINDING);
        assertThat(Renewal.phase(lease, START.plusSeconds(1000))).isEqualTo(Renewal.Phase.EXPIRED);
        assertThat(Renewal.next(lease, START)).isEqualTo(START.plusSeconds(100));
        assertThat(Renewal.next(lease, START.plusSeconds(100))).isEqualTo(START.plusSeconds(400));
        assertThat(Renewal.next(lease, START.plusSeconds(690))).isEqualTo(START.plusSeconds(700));
        assertThat(Renewal.next(lease, START.plusSeconds(980))).isEqualTo(START.plusSeconds(1000));
    }

    @Test
    void timers_thatMakeNoSense_areNotBelieved() {
        DhcpOptions options = seconds(DhcpOptions.LEASE_SECONDS, 100);
        options = seconds(options, DhcpOptions.RENEWAL_SECONDS, 5000);
        options = seconds(options, DhcpOptions.REBINDING_SECONDS, 10);
        assertThat(lease(options).renewal()).isEqualTo(START.plusSeconds(50));
        assertThat(lease(options).rebinding()).isEqualTo(START.plusSeconds(50));
        Lease forever = lease(seconds(DhcpOptions.LEASE_SECONDS, -1));
        assertThat(forever.renewal()).isAfter(START.plus(Duration.ofDays(10_000)));
        assertThat(lease(DhcpOptions.NONE).expiry()).isEqualTo(START.plusSeconds(3600));
    }

    @Test
    void holding_isReadAsItWasWritten() throws Exception {
        Holding4 holding =
                new Holding4(
                        new dev.kakehashi.plugins.attachment.Attachment("net", "c", "eth0"),
                        new Home.Place("/run/netns/c", Optional.of(new NetnsId(4, 4026532573L))),
                        DhcpOptions.NONE.with(61, (byte) 0, (byte) 255),
                        lease(seconds(DhcpOptions.LEASE_SECONDS, 600)));
        Holding4 read =
                Holding4.parse(
                        dev.kakehashi.cni.json.JsonParser.parseObject(holding.toJson().toString()));
        assertThat(read.attachment()).isEqualTo(holding.attachment());
        assertThat(read.place()).isEqualTo(holding.place());
        assertThat(read.sent().find(61).orElseThrow()).containsExactly(0, -1);
        assertThat(read.lease().expiry()).isEqualTo(holding.lease().expiry());
        assertThat(read.lease().server()).isEqualTo(SERVER);
    }

    @Test
    void holdingOfBothFamilies_isReadAsItWasWritten() throws Exception {
        Holding6 holding =
                new Holding6(
                        new dev.kakehashi.plugins.attachment.Attachment("net", "c", "eth0"),
                        new Home.Place("/run/netns/c", Optional.of(new NetnsId(4, 4026532573L))),
                        MacAddress.parse("02:00:00:00:00:01"),
                        Optional.of(IpAddresses.parse("fe80::1")),
                        new dev.kakehashi.ipam.dhcp6.Lease6(
                                IpAddresses.parse("fd00::5"),
                                dev.kakehashi.ipam.dhcp6.Client6.of("c", "net", "eth0"),
                                new byte[] {0, 1, -1},
                                START,
                                START.plusSeconds(10),
                                START.plusSeconds(20),
                                START.plusSeconds(30),
                                List.of(IpAddresses.parse("fd00::53")),
                                List.of("lab.example")));
        Holding read =
                Holding.parse(
                        dev.kakehashi.cni.json.JsonParser.parseObject(holding.toJson().toString()));
        assertThat(read).isInstanceOf(Holding6.class);
        assertThat(read.key()).isEqualTo(holding.key());
        assertThat(read.key().ipv6()).isTrue();
        assertThat(read.toJson()).isEqualTo(holding.toJson());
    }
}
