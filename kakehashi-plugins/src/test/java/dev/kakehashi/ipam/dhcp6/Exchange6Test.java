package dev.kakehashi.ipam.dhcp6;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.testing.Seeds;

import org.junit.jupiter.api.Test;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** A client without network, and servers of the test. */
class Exchange6Test {

    private static final Instant START = Instant.ofEpochSecond(1000);
    private static final InetAddress ADDRESS = IpAddresses.parse("fd00:1::10");
    private static final Client6 CLIENT = Client6.of("web", "net", "eth0");

    private final RandomGenerator random = Seeds.random();

    private Acquisition6 acquisition() {
        return new Acquisition6(CLIENT, Duration.ofSeconds(20), Duration.ofSeconds(4), random);
    }

    private static Dhcp6Option association(long t1, long t2, long preferred, long valid) {
        return new Dhcp6Option(
                Dhcp6Option.IA_NA,
                ByteBuffer.allocate(12 + 28)
                        .putInt(CLIENT.iaid())
                        .putInt((int) t1)
                        .putInt((int) t2)
                        .putShort((short) Dhcp6Option.IA_ADDRESS)
                        .putShort((short) 24)
                        .put(ADDRESS.getAddress())
                        .putInt((int) preferred)
                        .putInt((int) valid)
                        .array());
    }

    private static Dhcp6Option refusal(int status) {
        return new Dhcp6Option(
                Dhcp6Option.IA_NA,
                ByteBuffer.allocate(12 + 6)
                        .putInt(CLIENT.iaid())
                        .putLong(0)
                        .putShort((short) Dhcp6Option.STATUS)
                        .putShort((short) 2)
                        .putShort((short) status)
                        .array());
    }

    private static Dhcp6Message from(
            String server, Dhcp6Message.Type type, Dhcp6Message asked, Dhcp6Option... more) {
        List<Dhcp6Option> options = new ArrayList<>(List.of(more));
        options.add(new Dhcp6Option(Dhcp6Option.CLIENT_ID, CLIENT.duid()));
        options.add(
                new Dhcp6Option(Dhcp6Option.SERVER_ID, server.getBytes(StandardCharsets.US_ASCII)));
        // As it comes from the network.
        return Dhcp6Message.decode(
                        new Dhcp6Message(type, asked.xid(), List.copyOf(options)).encode())
                .orElseThrow();
    }

    private static Dhcp6Message sent(Exchange6.Step step) {
        assertThat(step).isInstanceOf(Exchange6.Send.class);
        return ((Exchange6.Send) step).message();
    }

    private static Dhcp6Option preference(int number) {
        return new Dhcp6Option(Dhcp6Option.PREFERENCE, new byte[] {(byte) number});
    }

    private static String server(Dhcp6Message message) {
        return new String(
                message.find(Dhcp6Option.SERVER_ID).orElseThrow().value(),
                StandardCharsets.US_ASCII);
    }

    @Test
    void rapidCommit_isTakenAtOnce() {
        Acquisition6 client = acquisition();
        Dhcp6Message solicit = sent(client.begin(START));
        assertThat(solicit.type()).isEqualTo(Dhcp6Message.Type.SOLICIT);
        assertThat(solicit.find(Dhcp6Option.RAPID_COMMIT)).isPresent();
        Dhcp6Message reply =
                from(
                        "a",
                        Dhcp6Message.Type.REPLY,
                        solicit,
                        association(0, 0, 1000, 2000),
                        Dhcp6Option.empty(Dhcp6Option.RAPID_COMMIT),
                        new Dhcp6Option(
                                Dhcp6Option.NAME_SERVERS,
                                IpAddresses.parse("fd00::53").getAddress()),
                        new Dhcp6Option(
                                Dhcp6Option.DOMAIN_LIST,
                                "\3lab\0".getBytes(StandardCharsets.US_ASCII)));
        Exchange6.Step end = client.received(reply, START.plusMillis(1)).orElseThrow();
        Lease6 lease = ((Exchange6.Bound) end).lease();
        assertThat(lease.address()).isEqualTo(ADDRESS);
        assertThat(lease.renewal()).isEqualTo(START.plusSeconds(500));
        assertThat(lease.rebinding()).isEqualTo(START.plusSeconds(800));
        assertThat(lease.expiry()).isEqualTo(START.plusSeconds(2000));
        assertThat(lease.nameServers()).containsExactly(IpAddresses.parse("fd00::53"));
        assertThat(lease.searchList()).containsExactly("lab");
    }

    @Test
    void serverOfTheHighestPreference_isAsked_afterTheFirstWait() {
        Acquisition6 client = acquisition();
        Dhcp6Message solicit = sent(client.begin(START));
        Dhcp6Option offer = association(10, 20, 30, 40);
        for (int preference : new int[] {1, 9, 5}) {
            Dhcp6Message advertise =
                    from(
                            "s" + preference,
                            Dhcp6Message.Type.ADVERTISE,
                            solicit,
                            offer,
                            preference(preference));
            assertThat(client.received(advertise, START)).isEmpty();
        }
        Dhcp6Message none = from("none", Dhcp6Message.Type.ADVERTISE, solicit, refusal(2));
        assertThat(client.received(none, START)).isEmpty();

        Dhcp6Message request = sent(client.timedOut(START.plusSeconds(1)));

        assertThat(request.type()).isEqualTo(Dhcp6Message.Type.REQUEST);
        assertThat(server(request)).isEqualTo("s9");
        Dhcp6Message reply = from("s9", Dhcp6Message.Type.REPLY, request, offer);
        assertThat(client.received(reply, START.plusSeconds(1)))
                .containsInstanceOf(Exchange6.Bound.class);
    }

    @Test
    void preference255_isAskedAtOnce_andAnAddressThatIsGoneByThenIsAskedForAgain() {
        Acquisition6 client = acquisition();
        Dhcp6Message solicit = sent(client.begin(START));
        Dhcp6Message advertise =
                from(
                        "a",
                        Dhcp6Message.Type.ADVERTISE,
                        solicit,
                        association(0, 0, 30, 40),
                        preference(255));
        Dhcp6Message request = sent(client.received(advertise, START).orElseThrow());
        assertThat(request.type()).isEqualTo(Dhcp6Message.Type.REQUEST);
        Dhcp6Message refused = from("a", Dhcp6Message.Type.REPLY, request, refusal(2));
        assertThat(client.received(refused, START)).isEmpty();
        assertThat(sent(client.timedOut(START.plusSeconds(1))).type())
                .isEqualTo(Dhcp6Message.Type.SOLICIT);
    }

    @Test
    void whatIsForOthers_isNotHeard() {
        Acquisition6 client = acquisition();
        Dhcp6Message solicit = sent(client.begin(START));
        Dhcp6Option rapid = Dhcp6Option.empty(Dhcp6Option.RAPID_COMMIT);
        Dhcp6Option offer = association(0, 0, 30, 40);
        Dhcp6Message good = from("a", Dhcp6Message.Type.REPLY, solicit, offer, rapid);
        Dhcp6Message otherXid = new Dhcp6Message(good.type(), good.xid() ^ 1, good.options());
        Dhcp6Message noClient =
                new Dhcp6Message(
                        good.type(),
                        good.xid(),
                        good.options().stream()
                                .filter(option -> option.code() != Dhcp6Option.CLIENT_ID)
                                .toList());
        Dhcp6Message slow = from("a", Dhcp6Message.Type.REPLY, solicit, offer);
        for (Dhcp6Message message : List.of(otherXid, noClient, slow)) {
            assertThat(client.received(message, START)).isEmpty();
        }
        assertThat(client.received(good, START)).isPresent();
    }

    @Test
    void withoutAnswer_asksLessOften_andGivesUp() {
        Acquisition6 client = acquisition();
        Instant now = START;
        Exchange6.Step step = client.begin(now);
        int messages = 0;
        while (step instanceof Exchange6.Send(Dhcp6Message _, Duration wait)) {
            messages++;
            assertThat(wait).isLessThanOrEqualTo(Duration.ofMillis(4400));
            now = now.plus(wait);
            step = client.timedOut(now);
        }
        assertThat(step).isInstanceOf(Exchange6.GiveUp.class);
        assertThat(Duration.between(START, now)).isEqualTo(Duration.ofSeconds(20));
        assertThat(messages).isBetween(6, 8);
    }

    private static Lease6 lease() {
        return new Lease6(
                ADDRESS,
                CLIENT,
                new byte[] {1},
                START,
                START.plusSeconds(10),
                START.plusSeconds(20),
                START.plusSeconds(30),
                List.of(),
                List.of());
    }

    @Test
    void renewal_namesItsServer_rebindingNone() {
        Renewal6 renewal = new Renewal6(lease(), false, Duration.ofSeconds(1), 7);
        Dhcp6Message renew = sent(renewal.begin(START));
        assertThat(renew.type()).isEqualTo(Dhcp6Message.Type.RENEW);
        assertThat(renew.find(Dhcp6Option.SERVER_ID)).isPresent();
        Dhcp6Message reply =
                from("a", Dhcp6Message.Type.REPLY, renew, association(50, 80, 100, 200));
        assertThat(renewal.received(reply, START)).containsInstanceOf(Exchange6.Bound.class);
        assertThat(renewal.timedOut(START)).isInstanceOf(Exchange6.GiveUp.class);

        Renewal6 any = new Renewal6(lease(), true, Duration.ofSeconds(1), 7);
        Dhcp6Message rebind = sent(any.begin(START));
        assertThat(rebind.type()).isEqualTo(Dhcp6Message.Type.REBIND);
        assertThat(rebind.find(Dhcp6Option.SERVER_ID)).isEmpty();
        Dhcp6Message unknown =
                from("a", Dhcp6Message.Type.REPLY, rebind, refusal(IdentityAssociation.NO_BINDING));
        assertThat(any.received(unknown, START))
                .contains(new Exchange6.Refused("the server does not know the lease"));
    }

    @Test
    void client_isTheSameEachTime_andAnotherForOtherNames() {
        Client6 again = Client6.of("web", "net", "eth0");
        assertThat(again.duid()).isEqualTo(CLIENT.duid()).hasSize(18).startsWith(0, 4);
        assertThat(again.iaid()).isEqualTo(CLIENT.iaid());
        assertThat(Client6.of("web", "net", "eth1").duid()).isEqualTo(CLIENT.duid());
        assertThat(Client6.of("web", "net", "eth1").iaid()).isNotEqualTo(CLIENT.iaid());
        assertThat(Client6.of("db", "net", "eth0").duid()).isNotEqualTo(CLIENT.duid());
    }

    @Test
    void damagedAnswers_leadToALeaseOrToNothing() {
        int bound = 0;
        for (int i = 0; i < 20_000; i++) {
            Acquisition6 client = acquisition();
            Dhcp6Message solicit = sent(client.begin(START));
            byte[] reply =
                    from(
                                    "a",
                                    Dhcp6Message.Type.REPLY,
                                    solicit,
                                    association(50, 80, 100, 200),
                                    Dhcp6Option.empty(Dhcp6Option.RAPID_COMMIT))
                            .encode();
            byte[] damaged = Arrays.copyOf(reply, random.nextInt(1, reply.length + 1));
            for (int j = random.nextInt(4); j > 0; j--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            Optional<Exchange6.Step> step =
                    Dhcp6Message.decode(damaged)
                            .flatMap(message -> client.received(message, START));
            if (step.isPresent() && step.get() instanceof Exchange6.Bound(Lease6 lease)) {
                bound++;
                assertThat(lease.since()).isEqualTo(START);
                assertThat(lease.renewal()).isBetween(START, lease.rebinding());
                assertThat(lease.rebinding()).isBetween(START, lease.expiry());
            }
        }
        assertThat(bound).as("some are undamaged enough").isPositive();
    }
}
