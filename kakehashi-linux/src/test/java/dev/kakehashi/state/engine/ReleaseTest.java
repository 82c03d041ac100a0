package dev.kakehashi.state.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.netlink.NetlinkRequest;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.Ifb;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Ownership;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Links that go without their names' being taken from them first. */
@KernelTest
class ReleaseTest {
    private static final Pattern REPLY =
            Pattern.compile("\\[([0-9.]+)] [0-9]+ bytes from", Pattern.MULTILINE);

    /** A bridge that runs the spanning tree protocol decides on its ports' states itself. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void release_endsAllTraffic_beforeItReturns(int stp, TestNamespaces namespaces)
            throws Exception {
        Netns host = namespaces.create();
        Netns pod = namespaces.create();
        DesiredState desired = Pods.bridged(1);
        try (Engine home = Engine.open(host)) {
            var _ = home.with(NamespaceId.CONTAINER, pod).apply(desired);
            Snapshot.run(host, "ip link set cni0 type bridge forward_delay 200 stp_state " + stp);
            TestNamespaces.run(
                    pod, "timeout", "20", "sh", "-c", "until ping -c1 -W1 10.1.0.1; do :; done");
            CompletableFuture<String> pings =
                    CompletableFuture.supplyAsync(() -> ping(pod, "-D -i0.002 -c400 -w1"));
            Thread.sleep(300);
            var _ = home.release(desired);
            Instant released = Instant.now();
            // Nobody waits for the pair's end: it comes some five pings later.
            List<Instant> replies = replies(pings.join());
            assertThat(replies).hasSizeGreaterThan(20);
            // One may have been on its way.
            assertThat(replies).filteredOn(released::isBefore).hasSizeLessThan(2);
            assertThat(home.awaitRemoval(Duration.ofSeconds(5))).isTrue();
            assertThat(Snapshot.run(host, "ip -o link")).doesNotContain("veth1");
        }
    }

    /** What is asked of the kernel, without somebody behind who deletes the link. */
    @Test
    void silence_disablesThePortAndLeavesItUp(TestNamespaces namespaces) throws Exception {
        Netns host = namespaces.create();
        Netns pod = namespaces.create();
        DesiredState desired = Pods.bridged(1);
        try (Engine home = Engine.open(host)) {
            Engine engine = home.with(NamespaceId.CONTAINER, pod);
            var _ = engine.apply(desired);
            // What an engine deletes as it begins.
            assertThat(home.awaitRemoval(Duration.ofSeconds(5))).isTrue();
            Indexes indexes = new Indexes(_ -> Optional.empty());
            indexes.add(engine.observe(desired));
            assertThat(indexes.isPort(NamespaceId.HOST, "veth1")).isTrue();
            assertThat(indexes.isPort(NamespaceId.HOST, "cni0")).isFalse();
            try (RtNetlink netlink = RtNetlink.open(host)) {
                netlink.execute(
                        new LinkEncoder(indexes, _ -> host)
                                .silence(NamespaceId.HOST, "veth1")
                                .toArray(NetlinkRequest[]::new));
            }
            assertThat(Snapshot.run(host, "ip -d link show veth1"))
                    .contains("state disabled", "LOWER_UP", "group " + Ownership.REAP_GROUP);
        }
    }

    /** As when an agent was killed, or could not delete it. */
    @ParameterizedTest
    @ValueSource(strings = {"apply", "heal", "release", "remove"})
    void linkThatWasLeftInTheGroup_goesWithTheNextOperation(
            String operation, TestNamespaces namespaces) throws Exception {
        Netns host = namespaces.create();
        Netns pod = namespaces.create();
        DesiredState desired = Pods.bridged(1);
        try (Engine home = Engine.open(host)) {
            Engine engine = home.with(NamespaceId.CONTAINER, pod);
            var _ = engine.apply(desired);
            assertThat(home.awaitRemoval(Duration.ofSeconds(5))).isTrue();
            Snapshot.run(host, "ip link set veth1 group " + Ownership.REAP_GROUP);
            var _ =
                    switch (operation) {
                        case "apply" -> engine.apply(desired).steps();
                        case "heal" -> engine.heal(desired).steps();
                        case "release" -> home.release(desired).steps();
                        default -> home.remove(desired).steps();
                    };
            assertThat(home.awaitRemoval(Duration.ofSeconds(5))).isTrue();
            if (operation.equals("apply") || operation.equals("heal")) {
                assertThat(engine.plan(desired)).hasToString("");
                assertThat(Snapshot.run(pod, "ping -c1 -W2 10.1.0.1")).contains(" 0% packet loss");
            } else {
                assertThat(Snapshot.run(host, "ip -o link")).doesNotContain("veth1");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void released_andAppliedAtOnceUnderTheSameName(boolean healed, TestNamespaces namespaces)
            throws Exception {
        Netns host = namespaces.create();
        try (Engine home = Engine.open(host)) {
            for (int i = 1; i <= 4; i++) {
                Netns pod = namespaces.create();
                Engine engine = home.with(NamespaceId.CONTAINER, pod);
                DesiredState desired = Pods.bridged(1);
                if (healed) {
                    assertThat(engine.heal(desired).conflicts()).isEmpty();
                } else {
                    var _ = engine.apply(desired);
                }
                assertThat(engine.plan(desired)).hasToString("");
                var _ = home.release(desired);
                assertThat(home.release(desired).steps()).isEmpty();
            }
        }
    }

    /** Nothing of it is seen until it is gone: the kernel waits for nobody meanwhile. */
    @Test
    void ifb_staysUpUntilItIsGone_andIsMadeAtOnceUnderTheSameName(TestNamespaces namespaces)
            throws Exception {
        Netns host = namespaces.create();
        DesiredState desired =
                DesiredState.builder()
                        .host(Link.create("ifb7", new Ifb()).owner("net/pod/eth0").up(true).build())
                        .build();
        try (Engine home = Engine.open(host);
                RtNetlink netlink = RtNetlink.open(host)) {
            assertThat(home.awaitRemoval(Duration.ofSeconds(5))).isTrue();
            for (int i = 1; i <= 4; i++) {
                var _ = home.apply(desired);
                assertThat(home.plan(desired)).hasToString("");
                var _ = home.release(desired);
                // On a busy machine it may be gone by now.
                netlink.link("ifb7")
                        .ifPresent(left -> {
                            assertThat(left.isUp()).isTrue();
                            assertThat(left.group()).isEqualTo(Ownership.REAP_GROUP);
                        });
            }
            assertThat(home.awaitRemoval(Duration.ofSeconds(5))).isTrue();
            assertThat(Snapshot.run(host, "ip -o link")).doesNotContain("ifb7");
        }
    }

    private static String ping(Netns pod, String how) {
        try {
            return TestNamespaces.run(pod, "sh", "-c", "ping " + how + " 10.1.0.1 || true");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Instant> replies(String pings) {
        return REPLY.matcher(pings).results().map(ReleaseTest::time).toList();
    }

    private static Instant time(MatchResult reply) {
        Matcher digits = Pattern.compile("(\\d+)\\.(\\d{6})").matcher(reply.group(1));
        assertThat(digits.matches()).isTrue();
        return Instant.ofEpochSecond(
                Long.parseLong(digits.group(1)), Long.parseLong(digits.group(2)) * 1000);
    }
}
