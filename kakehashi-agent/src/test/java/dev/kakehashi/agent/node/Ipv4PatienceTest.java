package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.NodeAnnotations;
import dev.kakehashi.cluster.node.Underlay;
import dev.kakehashi.linux.IpPrefix;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

class Ipv4PatienceTest {
    private static final IpPrefix IPV4 = IpPrefix.parse("192.0.2.1/24");
    private static final IpPrefix IPV6 = IpPrefix.parse("2001:db8:1::1/64");
    private static final Network NETWORK =
            Network.of("pods", List.of(IpPrefix.parse("10.244.0.0/16")));

    private long now = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(30); // it may overflow
    private Optional<Node> said = Optional.empty();
    private final Ipv4Patience patience = new Ipv4Patience(() -> now);

    private void see(Network network, IpPrefix... addresses) throws ConvergenceException {
        patience.check(network, new Underlay("eth0", List.of(addresses), 1500), said);
    }

    private void pass(long seconds) {
        now += TimeUnit.SECONDS.toNanos(seconds);
    }

    private void assertWaits() {
        assertThatThrownBy(() -> see(NETWORK, IPV6))
                .isInstanceOf(ConvergenceException.class)
                .hasMessage(
                        "the underlay interface eth0 has lost its IPv4 address, by which packets of network pods go; nothing is changed for 60 s, after that they go by IPv6 as far as the carrier can: add the address again, or wait if that is meant");
    }

    private void assertGoesByIpv6() {
        assertThatCode(() -> see(NETWORK, IPV6)).doesNotThrowAnyException();
    }

    @Test
    void lostAddress_isWaitedForAMinute() throws Exception {
        see(NETWORK, IPV4, IPV6);

        assertWaits();
        pass(59);
        assertWaits();
        pass(1);
        assertGoesByIpv6();
        pass(1);
        assertGoesByIpv6();
    }

    @Test
    void addressThatIsBack_isWaitedForAnewWhenItIsLostAgain() throws Exception {
        see(NETWORK, IPV4, IPV6);
        assertWaits();
        pass(59);
        see(NETWORK, IPV4, IPV6);

        pass(59);
        assertWaits();
        pass(59);
        assertWaits();
        pass(1);
        assertGoesByIpv6();
        see(NETWORK, IPV4, IPV6);
        assertWaits();
    }

    @Test
    void nodeThatNeverHadOne_doesNotWait() {
        assertGoesByIpv6();
    }

    @Test
    void whatAnAgentBeforeToldOf_isWaitedForToo() {
        Node node = Node.named("node-1");
        said =
                Optional.of(
                        node.withMetadata(
                                node.metadata()
                                        .with(NodeAnnotations.FLANNEL_PUBLIC_IP, "192.0.2.1")));

        assertWaits();
        pass(60);
        assertGoesByIpv6();
        assertGoesByIpv6();
    }

    @Test
    void networkOfIpv6_doesNotWait() throws Exception {
        Network network = Network.of("pods", List.of(IpPrefix.parse("fd00:10:244::/56")));
        see(network, IPV4, IPV6);

        assertThatCode(() -> see(network, IPV6)).doesNotThrowAnyException();
    }
}
