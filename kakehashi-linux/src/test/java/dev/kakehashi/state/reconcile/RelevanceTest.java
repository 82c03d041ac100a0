package dev.kakehashi.state.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.netlink.NetlinkListener;
import dev.kakehashi.linux.netlink.NetlinkMessage;
import dev.kakehashi.linux.netlink.NetlinkMonitor;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.RtnetlinkGroup;
import dev.kakehashi.linux.rtnetlink.Vxlan;
import dev.kakehashi.state.Address;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.FdbEntry;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Neighbour;
import dev.kakehashi.state.NextHop;
import dev.kakehashi.state.Route;
import dev.kakehashi.state.engine.Engine;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.util.EnumSet;
import java.util.concurrent.TimeUnit;

/** Which of the kernel's notifications make a reconciler look. */
@KernelTest
class RelevanceTest {
    private static final DesiredState DEVICE =
            DesiredState.builder()
                    .host(
                            Link.create("kk.1", Vxlan.of(1, 8472).withoutLearning())
                                    .up(true)
                                    .build(),
                            Address.of("kk.1", IpPrefix.parse("10.1.0.0/32")))
                    .build();

    private final Ear ear = new Ear();
    private Netns netns;
    private Engine engine;
    private Relevance relevance;
    private NetlinkMonitor monitor;

    /** Counts what is heard, and what of it is of concern. */
    private final class Ear implements NetlinkListener {
        private int heard;
        private int concerning;

        @Override
        public void resynchronize() {}

        @Override
        public synchronized void notified(NetlinkMessage message) {
            heard++;
            if (relevance.concerns(message)) {
                concerning++;
            }
            notifyAll();
        }

        @Override
        public void failed(IOException failure) {
            throw new AssertionError(failure);
        }

        synchronized void forget() {
            heard = 0;
            concerning = 0;
        }

        synchronized int concerning(int messages) throws InterruptedException {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
            while (heard < messages) {
                long left = deadline - System.nanoTime();
                assertThat(left).as("heard %s of %s messages", heard, messages).isPositive();
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
            return concerning;
        }
    }

    private static DesiredState peer(int number) {
        MacAddress mac = MacAddress.parse("02:00:00:00:00:0" + number);
        IpPrefix pods = IpPrefix.parse("10.1." + number + ".0/24");
        return DesiredState.builder()
                .host(
                        FdbEntry.vxlan("kk.1", mac, IpAddresses.parse("192.0.2." + number)),
                        Neighbour.permanent("kk.1", pods.address(), mac),
                        Route.to(pods, NextHop.onlink(pods.address(), "kk.1")).build())
                .build();
    }

    @BeforeEach
    void start(TestNamespaces namespaces) throws Exception {
        netns = namespaces.create();
        engine = Engine.open(netns);
        relevance = new Relevance(NamespaceId.HOST, port -> engine.isOwn(NamespaceId.HOST, port));
        DesiredState one = DEVICE.merge(peer(1));
        var _ = engine.reconcile(one);
        relevance.wanted(one);
        monitor =
                RtnetlinkGroup.monitor(
                        netns,
                        EnumSet.of(RtnetlinkGroup.NEIGHBOUR, RtnetlinkGroup.IPV4_ROUTE),
                        "relevance",
                        ear);
    }

    @AfterEach
    void stop() throws Exception {
        monitor.close();
        engine.close();
    }

    private void run(String command) throws Exception {
        var _ = TestNamespaces.run(netns, command.split(" ", -1));
    }

    @Test
    void onePeerMore_isOwnChange_ofNoConcern() throws Exception {
        DesiredState one = DEVICE.merge(peer(1));
        DesiredState two = one.merge(peer(2));
        relevance.wanted(two);
        var _ = engine.advance(one, two);
        assertThat(ear.concerning(3)).isZero();
    }

    @Test
    void onePeerLess_isOwnChange_ofNoConcern() throws Exception {
        DesiredState one = DEVICE.merge(peer(1));
        relevance.wanted(DEVICE);
        var _ = engine.advance(one, DEVICE);
        assertThat(ear.concerning(3)).isZero();
    }

    @Test
    void routeDeletedBySomebodyElse_isOfConcern() throws Exception {
        run("ip route delete 10.1.1.0/24");
        assertThat(ear.concerning(1)).isEqualTo(1);
    }

    @Test
    void neighbourChangedBySomebodyElse_isOfConcern() throws Exception {
        run("ip neighbour replace 10.1.1.0 lladdr 02:00:00:00:00:09 dev kk.1");
        assertThat(ear.concerning(1)).isEqualTo(1);
    }

    @Test
    void whatIsWantedNext_isFollowed() throws Exception {
        run("ip neighbour add 10.1.2.0 lladdr 02:00:00:00:00:09 dev kk.1");
        assertThat(ear.concerning(1)).as("nobody's wish yet").isZero();
        relevance.wanted(DEVICE.merge(peer(1)).merge(peer(2)));
        run("ip neighbour replace 10.1.2.0 lladdr 02:00:00:00:00:08 dev kk.1");
        assertThat(ear.concerning(2)).as("wanted otherwise").isEqualTo(1);
        relevance.wanted(DEVICE.merge(peer(1)));
        run("ip neighbour replace 10.1.2.0 lladdr 02:00:00:00:00:07 dev kk.1");
        run("ip neighbour replace 10.1.1.0 lladdr 02:00:00:00:00:07 dev kk.1");
        assertThat(ear.concerning(4)).as("the one is gone, the other stays").isEqualTo(2);
    }

    @Test
    void linkThatIsWantedNoMore_isOfConcernOnce() throws Exception {
        monitor.close();
        monitor =
                RtnetlinkGroup.monitor(
                        netns, EnumSet.of(RtnetlinkGroup.LINK), "relevance links", ear);
        run("ip link set kk.1 mtu 1400");
        run("ip link set kk.1 mtu 1410");
        assertThat(ear.concerning(2)).isEqualTo(2);
        relevance.wanted(
                DesiredState.builder()
                        .host(Route.to(IpPrefix.parse("10.1.9.0/24"), NextHop.dev("lo")).build())
                        .build());
        ear.forget();
        run("ip link set kk.1 mtu 1420");
        run("ip link set kk.1 mtu 1430");
        assertThat(ear.concerning(2)).as("not known to be another at first").isEqualTo(1);
        relevance.wanted(DEVICE.merge(peer(1)));
        run("ip link set kk.1 mtu 1440");
        run("ip link set kk.1 mtu 1450");
        assertThat(ear.concerning(4)).isEqualTo(3);
    }

    @Test
    void neighbourOfAnAddressThatALinkAnswersFor_isOfNoConcern() throws Exception {
        InetAddress elsewhere = IpAddresses.parse("10.1.0.9");
        relevance.wanted(
                DEVICE.merge(
                        DesiredState.builder().host(Neighbour.proxy("kk.1", elsewhere)).build()));
        run("ip neighbour add 10.1.0.9 lladdr 02:00:00:00:00:09 dev kk.1");
        run("ip neighbour delete 10.1.0.9 dev kk.1");
        assertThat(ear.concerning(2)).isZero();
    }

    @Test
    void forwardingEntryChangedBySomebodyElse_isOfConcern() throws Exception {
        run("bridge fdb replace 02:00:00:00:00:01 dev kk.1 dst 192.0.2.9 self");
        assertThat(ear.concerning(1)).isEqualTo(1);
        ear.forget();
        run("bridge fdb delete 02:00:00:00:00:01 dev kk.1 dst 192.0.2.9 self");
        assertThat(ear.concerning(1)).isEqualTo(1);
    }

    @Test
    void entriesOfNobodysWish_areOfNoConcern() throws Exception {
        run("ip neighbour add 10.1.9.9 lladdr 02:00:00:00:00:09 dev kk.1");
        run("bridge fdb add 02:00:00:00:00:09 dev kk.1 dst 192.0.2.9 self");
        run("ip neighbour delete 10.1.9.9 dev kk.1");
        assertThat(ear.concerning(3)).isZero();
    }
}
