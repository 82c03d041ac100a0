package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.BgpPeer;
import dev.kakehashi.cluster.BgpPeerSpec;
import dev.kakehashi.cluster.BgpPeerStatus;
import dev.kakehashi.cluster.BgpTarget;
import dev.kakehashi.cluster.bgp.BgpState;
import dev.kakehashi.cluster.bgp.BirdConfig;
import dev.kakehashi.cluster.bgp.RefusedSession;
import dev.kakehashi.cluster.store.ConflictException;
import dev.kakehashi.cluster.store.Notice;
import dev.kakehashi.cluster.store.Store;
import dev.kakehashi.cluster.store.Stored;
import dev.kakehashi.cluster.store.Version;
import dev.kakehashi.linux.IpAddresses;

import org.junit.jupiter.api.Test;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Hundreds of nodes, and a router that all of them speak to. */
class BgpPeerReportsTest {
    private static final int NODES = 300;

    /** Between two looks of a node; what others wrote it sees one look later. */
    private static final Duration LOOK = Duration.ofMillis(250);

    private static final BgpState WANTED =
            new BgpState(
                    new BirdConfig(
                            "node",
                            "pods",
                            IpAddresses.parse("192.0.2.1"),
                            List.of(),
                            List.of(),
                            List.of(),
                            Map.of(),
                            List.of()),
                    List.of(new RefusedSession("BGPPeer tor", "no answer")));
    private static final BgpState STANDS = new BgpState(WANTED.config(), List.of());

    private Stored<BgpPeer> stored =
            new Stored<>(
                    BgpPeer.of(
                            "tor",
                            BgpPeerSpec.of(
                                    new BgpTarget.Router(
                                            IpAddresses.parse("192.0.2.254"), 64513, 179))),
                    new Version("0"),
                    List.of());
    private final Map<String, BgpPeerReports> reports = new LinkedHashMap<>();
    private final Map<String, BgpState> states = new LinkedHashMap<>();
    private final Store store = store();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private int requests;
    private int written;
    private final List<Notice> told = new ArrayList<>();

    /** One object, compared before it is replaced. */
    private Store store() {
        InvocationHandler handler =
                (proxy, method, arguments) ->
                        switch (method.getName()) {
                            case "update" ->
                                    InvocationHandler.invokeDefault(proxy, method, arguments);
                            case "find" -> {
                                requests++;
                                yield Optional.of(stored);
                            }
                            case "replace" -> {
                                requests++;
                                if (!stored.version().equals(arguments[2])) {
                                    throw new ConflictException("somebody else was first");
                                }
                                written++;
                                stored =
                                        new Stored<>(
                                                (BgpPeer) arguments[1],
                                                new Version("" + written),
                                                List.of());
                                yield stored;
                            }
                            case "tell" -> {
                                told.add((Notice) arguments[0]);
                                yield null;
                            }
                            default -> throw new AssertionError(method);
                        };
        return (Store)
                Proxy.newProxyInstance(
                        getClass().getClassLoader(), new Class<?>[] {Store.class}, handler);
    }

    private void look(Duration time) {
        for (Instant end = now.plus(time); now.isBefore(end); now = now.plus(LOOK)) {
            BgpPeer seen = stored.object();
            reports.forEach((node, report) ->
                    report.tell(
                            List.of(seen),
                            Optional.ofNullable(states.get(node)),
                            List.of(),
                            _ -> true,
                            NODES,
                            now));
        }
    }

    private List<String> named() {
        return stored.object().status().down().stream().map(BgpPeerStatus.Down::node).toList();
    }

    @Test
    void roomForOneMore_isAskedForByFew_andByTheSame() {
        for (int i = 0; i < NODES; i++) {
            reports.put("node-" + i, new BgpPeerReports(store, "node-" + i));
            states.put("node-" + i, WANTED);
        }
        look(Duration.ofSeconds(12));
        assertThat(named()).hasSize(BgpPeerStatus.MOST);
        assertThat(written).isEqualTo(BgpPeerStatus.MOST);
        assertThat(requests).isLessThan(150);
        assertThat(told).as("Events").hasSize(BgpPeerStatus.MOST);
        List<String> first = new ArrayList<>(named());

        requests = 0;
        written = 0;
        String back = first.removeFirst();
        states.put(back, STANDS);
        look(Duration.ofSeconds(12));
        assertThat(named()).hasSize(BgpPeerStatus.MOST).containsAll(first).doesNotContain(back);
        assertThat(written).isEqualTo(2);
        assertThat(told).as("Events").hasSize(BgpPeerStatus.MOST + 1);
        assertThat(requests).isLessThan(100);

        requests = 0;
        look(Duration.ofSeconds(12));
        assertThat(requests).isZero();
        assertThat(new TreeSet<>(named())).containsExactlyElementsOf(named());
    }

    @Test
    void whoIsNamed_saysAtOnceThatItStands() {
        reports.put("a", new BgpPeerReports(store, "a"));
        states.put("a", WANTED);
        look(BgpPeerReports.PATIENCE.plusSeconds(30));
        assertThat(named()).containsExactly("a");

        reports.put("a", new BgpPeerReports(store, "a")); // another process
        states.put("a", STANDS);
        look(LOOK);
        assertThat(named()).isEmpty();
    }
}
