package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;

/** A node that has its default route from a router's advertisements becomes a router itself. */
@KernelTest
class RouterAdvertisementsKernelTest {
    private static final String DEFAULT_ROUTE =
            "default via " + AdvertisingRouter.ADDRESS + " dev eth0 proto ra";

    @TempDir Path store;
    private @Nullable NodesBed open;
    private @Nullable AdvertisingRouter router;

    @BeforeEach
    void makeBed(TestNamespaces namespaces) throws Exception {
        NodesBed bed = new NodesBed(namespaces, store, Families.IPV6);
        open = bed;
        bed.network("carrier: vxlan");
        router = AdvertisingRouter.in(bed.segment().stranger());
    }

    @AfterEach
    void close() {
        if (open != null) {
            open.close();
        }
    }

    private NodesBed bed() {
        return Objects.requireNonNull(open);
    }

    private AdvertisingRouter router() {
        return Objects.requireNonNull(router);
    }

    private static String defaultRoutes(Netns node) throws IOException {
        return TestNamespaces.run(node, "ip", "-6", "route", "show", "default");
    }

    private static String value(Netns node, String key) throws IOException {
        return TestNamespaces.run(node, "sysctl", "-n", "net.ipv6.conf." + key).strip();
    }

    /** A node whose kernel has learnt the route, if {@code before} lets it. */
    private Netns start(String before, boolean learns) throws Exception {
        bed().prepare((_, node) -> {
            NodesBed.sh(node, before);
            if (learns) {
                NodesBed.await(
                        "the default route",
                        () -> {
                            router().advertise(600);
                            return defaultRoutes(node).contains(DEFAULT_ROUTE);
                        });
            }
        });
        bed().start(1, Families.IPV6);
        NodesBed.await("forwarding", () -> value(bed().node(1), "all.forwarding").equals("1"));
        return bed().node(1);
    }

    private void awaitRefreshed(Netns node) throws Exception {
        NodesBed.await(
                "the default route to last longer",
                () -> {
                    router().advertise(9000);
                    return defaultRoutes(node).matches("(?s).* expires 8[89]\\d\\dsec.*");
                });
    }

    @ParameterizedTest
    @CsvSource({"1", "2"})
    void defaultRoute_isKeptAndRefreshed(String acceptRa) throws Exception {
        Netns node = start("sysctl -qw net.ipv6.conf.eth0.accept_ra=" + acceptRa, true);

        // No advertisement has come since: the kernel must not have dropped it for a moment.
        assertThat(defaultRoutes(node)).contains(DEFAULT_ROUTE);
        assertThat(value(node, "eth0.accept_ra")).isEqualTo("2");
        awaitRefreshed(node);
    }

    @Test
    void routersAreStillHeard_whenTheAgentHasGone() throws Exception {
        Netns node = start("sysctl -qw net.ipv6.conf.eth0.accept_ra=1", true);

        bed().stopAgent(1);

        // As forwarding is: the node stays a router.
        assertThat(value(node, "all.forwarding")).isEqualTo("1");
        awaitRefreshed(node);
    }

    @Test
    void somebodySetsItBack_isHealed() throws Exception {
        Netns node = start("sysctl -qw net.ipv6.conf.eth0.accept_ra=1", true);

        // The link's change makes the agent look at its underlay again.
        NodesBed.sh(
                node,
                "sysctl -qw net.ipv6.conf.eth0.accept_ra=1; ip link set eth0 mtu 1400;"
                        + " ip link set eth0 mtu 1500");

        NodesBed.await("its healing", () -> value(node, "eth0.accept_ra").equals("2"));
        awaitRefreshed(node);
    }

    @ParameterizedTest
    @CsvSource({
        "0, sysctl -qw net.ipv6.conf.eth0.accept_ra=0",
        "1, sysctl -qw net.ipv6.conf.eth0.accept_ra=1 net.ipv6.conf.all.forwarding=1",
    })
    void nodeThatHearsNoRouters_isLeftSo(String acceptRa, String before) throws Exception {
        Netns node = start(before, false);

        assertThat(value(node, "eth0.accept_ra")).isEqualTo(acceptRa);
    }
}
