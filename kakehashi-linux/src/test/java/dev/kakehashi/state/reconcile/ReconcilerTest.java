package dev.kakehashi.state.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.nft.Chain;
import dev.kakehashi.linux.nft.ChainType;
import dev.kakehashi.linux.nft.Family;
import dev.kakehashi.linux.nft.Hook;
import dev.kakehashi.linux.nft.Rule;
import dev.kakehashi.linux.nft.Ruleset;
import dev.kakehashi.linux.nft.Table;
import dev.kakehashi.linux.rtnetlink.Bridge;
import dev.kakehashi.linux.rtnetlink.Vxlan;
import dev.kakehashi.state.Address;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.FdbEntry;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.LinkRef;
import dev.kakehashi.state.Neighbour;
import dev.kakehashi.state.NextHop;
import dev.kakehashi.state.NftTable;
import dev.kakehashi.state.PolicyRule;
import dev.kakehashi.state.Route;
import dev.kakehashi.state.Sysctl;
import dev.kakehashi.state.engine.Engine;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

@KernelTest
class ReconcilerTest {
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:07");

    private static final DesiredState NODE =
            DesiredState.builder()
                    .host(
                            Link.create("kk0", Bridge.plain())
                                    .owner("node")
                                    .mtu(1450)
                                    .up(true)
                                    .build(),
                            Link.create(
                                            "kakehashi.1",
                                            Vxlan.of(1, 8472)
                                                    .withLocal(IpAddresses.parse("192.0.2.1"))
                                                    .withoutLearning())
                                    .owner("node")
                                    .parent(LinkRef.host("eth1"))
                                    .up(true)
                                    .build(),
                            Address.of("kakehashi.1", IpPrefix.parse("10.1.0.0/32")),
                            Address.of("kk0", IpPrefix.parse("10.1.0.1/24")),
                            Neighbour.permanent("kakehashi.1", IpAddresses.parse("10.2.0.0"), MAC),
                            Neighbour.proxy("eth1", IpAddresses.parse("192.0.2.77")),
                            FdbEntry.vxlan("kakehashi.1", MAC, IpAddresses.parse("192.0.2.2")),
                            Route.to(
                                            IpPrefix.parse("10.2.0.0/24"),
                                            NextHop.onlink(
                                                    IpAddresses.parse("10.2.0.0"), "kakehashi.1"))
                                    .build(),
                            PolicyRule.ipv4(1000, 100).from(IpPrefix.parse("10.1.0.0/24")).build(),
                            Sysctl.shared("net/ipv4/ip_forward", "1"),
                            Sysctl.owned("net/ipv4/ip_default_ttl", "65"),
                            new NftTable(
                                    Ruleset.of(Table.of(Family.INET, "kakehashi"))
                                            .chain(
                                                    Chain.base(
                                                            "postrouting",
                                                            ChainType.NAT,
                                                            Hook.POSTROUTING,
                                                            100),
                                                    Rule.in(Family.INET)
                                                            .saddr(IpPrefix.parse("10.1.0.0/16"))
                                                            .masquerade()
                                                            .build())
                                            .build()))
                    .build();

    private final Events events = new Events();
    private Netns netns;
    private Engine engine;
    private Reconciler reconciler;

    @BeforeEach
    void start(TestNamespaces namespaces) throws Exception {
        netns = namespaces.create();
        run("ip link add eth1 type veth peer name far1");
        run("ip link set eth1 up");
        run("ip link set far1 up");
        run("ip address add 192.0.2.1/24 dev eth1");
        engine = Engine.open(netns);
        reconciler = Reconciler.start(engine, "test", events);
        var _ = reconciler.keep(NODE);
    }

    @AfterEach
    void stop() {
        reconciler.close();
        engine.close();
    }

    private void run(String command) throws Exception {
        var _ = TestNamespaces.run(netns, command.split(" ", -1));
    }

    private void assertHealed(String disturbance, String text) throws Exception {
        settle();
        run(disturbance);
        Duration took = events.awaitText(text);
        System.out.println(disturbance + ": " + text + " after " + took.toMillis() + " ms");
        assertThat(took).isLessThan(Duration.ofSeconds(1));
        assertThat(engine.plan(NODE)).hasToString("");
        settle();
        assertThat(events.texts()).as("one message for one change").containsExactly(text);
    }

    /** Lets the reconciler find that all is well. */
    private void settle() throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(60);
        if (events.texts().isEmpty()) {
            return;
        }
        TimeUnit.MILLISECONDS.sleep(500);
    }

    @Test
    void nothingChanged_nothingIsTold() throws Exception {
        TimeUnit.MILLISECONDS.sleep(1000);
        assertThat(events.texts()).isEmpty();
    }

    @Test
    void vxlanDeleted_isMadeAgain_withAllThatHungOnIt() throws Exception {
        assertHealed(
                "ip link delete kakehashi.1",
                "vxlan kakehashi.1 deleted; made again, with 1 address, 1 neighbour, 1 forwarding"
                        + " entry, 1 route");
    }

    @Test
    void routeDeleted_isMadeAgain() throws Exception {
        assertHealed("ip route delete 10.2.0.0/24", "route 10.2.0.0/24 deleted; made again");
    }

    @Test
    void linkSetDown_isSetUp_withWhatVanishedSilently() throws Exception {
        settle();
        run("ip link set kakehashi.1 down");
        // Whoever looks while the kernel is at it sees neighbours go before their link is down.
        Duration took =
                events.await(event ->
                        event.toString().startsWith("vxlan kakehashi.1 was down; set up, with "));
        assertThat(took).isLessThan(Duration.ofSeconds(1));
        assertThat(engine.plan(NODE)).hasToString("");
    }

    @Test
    void mtuChanged_isPutRight() throws Exception {
        assertHealed("ip link set kk0 mtu 1400", "bridge kk0 was mtu 1400; put right");
    }

    @Test
    void addressDeleted_isMadeAgain() throws Exception {
        assertHealed(
                "ip address delete 10.1.0.1/24 dev kk0",
                "address 10.1.0.1/24 on kk0 deleted; made again");
    }

    @Test
    void ruleDeleted_isMadeAgain() throws Exception {
        assertHealed("ip rule delete priority 1000", "rule 1000 deleted; made again");
    }

    @Test
    void forwardingEntryDeleted_isMadeAgain() throws Exception {
        assertHealed(
                "bridge fdb delete 02:00:00:00:00:07 dev kakehashi.1 dst 192.0.2.2 self",
                "forwarding entry 02:00:00:00:00:07 on kakehashi.1 deleted; made again");
    }

    @Test
    void neighbourDeleted_isMadeAgain() throws Exception {
        assertHealed(
                "ip neighbour delete 10.2.0.0 dev kakehashi.1",
                "neighbour 10.2.0.0 on kakehashi.1 deleted; made again");
    }

    /** The kernel tells nobody. */
    @Test
    void proxyNeighbourDeleted_isMadeAgain() throws Exception {
        assertHealed(
                "ip neighbour delete proxy 192.0.2.77 dev eth1",
                "proxy neighbour 192.0.2.77 on eth1 deleted; made again");
    }

    /** Packets leave an entry without address behind where the permanent one was. */
    @Test
    void neighbourDeletedUnderTraffic_isMadeAgain() throws Exception {
        settle();
        AtomicBoolean talks = new AtomicBoolean(true);
        Thread pod = Thread.ofPlatform().start(() -> uncheckedTalk(talks::get));
        try {
            run("ip neighbour delete 10.2.0.0 dev kakehashi.1");
            long deleted = System.nanoTime();
            do {
                assertThat(System.nanoTime() - deleted).isLessThan(TimeUnit.SECONDS.toNanos(1));
            } while (!engine.plan(NODE).steps().isEmpty());
        } finally {
            talks.set(false);
            pod.join();
        }
    }

    private void uncheckedTalk(BooleanSupplier goesOn) {
        try {
            netns.<IOException>run(() -> talk("10.2.0.9", goesOn));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void talk(String address, BooleanSupplier goesOn) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[1], 1, IpAddresses.parse(address), 9);
        try (DatagramSocket socket = new DatagramSocket()) {
            while (goesOn.getAsBoolean()) {
                socket.send(packet);
                LockSupport.parkNanos(100_000);
            }
        }
    }

    @Test
    void nftTableDeleted_isMadeAgain() throws Exception {
        assertHealed(
                "nft delete table inet kakehashi", "nft table inet kakehashi deleted; made again");
    }

    @Test
    void sysctlChanged_ofWhichTheKernelSaysNothing_isSetWithinASecond() throws Exception {
        assertHealed(
                "sysctl -q -w net.ipv4.ip_default_ttl=64",
                "sysctl net.ipv4.ip_default_ttl was 64; set to 65");
    }

    @Test
    void unwantedLater_isTakenAway() throws Exception {
        var _ = reconciler.keep(DesiredState.EMPTY);
        assertThat(TestNamespaces.run(netns, "ip", "link")).doesNotContain("kakehashi.1");
        assertThat(TestNamespaces.run(netns, "nft", "list", "ruleset")).isEmpty();
    }

    @Test
    void foreignObjectInTheWay_isTold_andTheRestIsHealedAllTheSame() throws Exception {
        run("ip route replace 10.2.0.0/24 dev eth1 proto 99");
        run("ip rule delete priority 1000");
        var _ = events.awaitText("rule 1000 deleted; made again");
        var _ =
                events.await(event ->
                        event instanceof ReconcilerEvent.Failed failed
                                && failed.reason().contains("route 10.2.0.0/24"));
        run("ip route delete 10.2.0.0/24");
        var _ = events.awaitText("route 10.2.0.0/24 deleted; made again");
    }

    @Test
    void somebodyWhoKeepsDeleting_isAnsweredMoreSlowly_andToldOf() throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
        Process fight =
                netns.<Process, java.io.IOException>call(() ->
                        new ProcessBuilder(
                                        "sh",
                                        "-c",
                                        "while :; do ip route delete 10.2.0.0/24 2>/dev/null;"
                                                + " sleep 0.002; done")
                                .start());
        try {
            var _ = events.await(event -> event instanceof ReconcilerEvent.Contested);
            TimeUnit.NANOSECONDS.sleep(until - System.nanoTime());
        } finally {
            fight.destroy();
            var _ = fight.waitFor();
        }
        assertThat(events.texts()).hasSizeLessThan(40);
        events.forget();
        assertThat(engine.plan(NODE).steps().size()).isLessThanOrEqualTo(1);
    }
}
