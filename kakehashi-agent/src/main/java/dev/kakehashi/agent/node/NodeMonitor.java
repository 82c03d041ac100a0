package dev.kakehashi.agent.node;

import dev.kakehashi.agent.status.Convergence;
import dev.kakehashi.agent.status.Heals;
import dev.kakehashi.agent.status.NodeStatus;
import dev.kakehashi.agent.status.RouteStatus;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.carrier.RefusedPeer;
import dev.kakehashi.cluster.ipam.Ledgers;
import dev.kakehashi.cluster.store.Rejected;
import dev.kakehashi.cluster.store.Store;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.Route;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.state.Ownership;
import dev.kakehashi.state.ResourceKey;
import dev.kakehashi.state.engine.Engine;
import dev.kakehashi.state.engine.Step;
import dev.kakehashi.state.reconcile.ReconcilerEvent;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Sees how a node stands, for people and monitors: what happens is told to it as it happens, and
 * what the kernel has is read when somebody asks. Thread-safe; telling it never waits.
 */
final class NodeMonitor implements AutoCloseable {
    private final NodeAgentOptions options;
    private final Store store;
    private final NodeAddresses addresses;
    private final Supplier<List<Rejected>> broken;
    private final Netns host;
    private final Heals heals = new Heals();
    private final Map<String, Long> failures = new TreeMap<>();
    private Optional<Thread> thread = Optional.empty();
    private Optional<Long> turnBegan = Optional.empty();
    private Optional<Instant> first = Optional.empty();
    private Optional<Instant> last = Optional.empty();
    private Optional<Converged> converged = Optional.empty();
    private long runs;
    private String reason = "";
    private String message = "";

    /**
     * Of a node that has not converged yet.
     *
     * @param host the node's namespace; may be closed when this returns
     * @param broken what of the store cannot be used as it is written now
     */
    NodeMonitor(
            NodeAgentOptions options,
            Netns host,
            Store store,
            Ledgers ledgers,
            Supplier<List<Rejected>> broken)
            throws IOException {
        this.options = options;
        this.store = store;
        this.addresses = new NodeAddresses(ledgers);
        this.broken = broken;
        this.host = host.<Netns, IOException>call(Netns::current);
    }

    /** Which thread does the work. */
    synchronized void watch(Thread worker) {
        thread = Optional.of(worker);
    }

    /** A turn begins. */
    synchronized void begins() {
        turnBegan = Optional.of(System.nanoTime());
    }

    /** A turn is over, whatever came of it. */
    synchronized void rests() {
        turnBegan = Optional.empty();
    }

    /** All is as wanted. */
    synchronized void converged(Converged now) {
        Instant at = Instant.now();
        first = first.or(() -> Optional.of(at));
        last = Optional.of(at);
        converged = Optional.of(now);
        runs++;
    }

    /** The turn did not fail, though the node may still wait for something. */
    synchronized void recovered() {
        reason = "";
        message = "";
    }

    /** It could not be made so. */
    synchronized void failing(String why, String said) {
        reason = why;
        message = said;
        failures.merge(why, 1L, Long::sum);
    }

    /** The reconciler has something to tell. */
    void happened(ReconcilerEvent event) {
        heals.happened(event);
    }

    /** How the node stands now. */
    NodeStatus status() {
        Convergence convergence = convergence();
        Optional<Converged> known = known();
        Heals.Summary healed = heals.summary();
        List<RefusedPeer> refused = known.map(c -> c.state().refused()).orElse(List.of());
        return new NodeStatus(
                options.node(),
                options.network(),
                known.map(c -> c.network().spec().cidrs()).orElse(List.of()),
                known.map(c -> c.network().spec().carrier().toString()).orElse(""),
                known.map(c -> c.state().podMtu()).orElse(0),
                known.map(c -> c.self().underlay()),
                known.map(c -> addresses.of(c.network(), c.self().subnets())).orElse(List.of()),
                known.map(c -> new PeerRoutes(c).peersByCarrier()).orElse(Map.of()),
                refused,
                known.map(Converged::sessions).orElse(List.of()),
                attachments(known.map(Converged::network)),
                options.store().text(),
                store.status(),
                convergence,
                healed,
                problems(convergence, known, healed));
    }

    /**
     * The node's routes to others' pods, as the kernel has them; none before the node has
     * converged.
     *
     * @throws IOException when the kernel cannot be read
     */
    List<RouteStatus> routes() throws IOException {
        Optional<Converged> known = known();
        if (known.isEmpty()) {
            return List.of();
        }
        Set<ResourceKey> departed = new HashSet<>();
        try (Engine engine = Engine.open(host);
                RtNetlink kernel = RtNetlink.open(host)) {
            for (Step step : engine.plan(known.get().state().desired()).steps()) {
                departed.add(step.resource().key());
            }
            Map<Integer, Link> links = new HashMap<>();
            kernel.links().forEach(link -> links.put(link.index(), link));
            return new PeerRoutes(known.get()).of(kernel.routes(Route.MAIN), links, departed);
        }
    }

    private synchronized Optional<Converged> known() {
        return converged;
    }

    private synchronized Convergence convergence() {
        return new Convergence(
                thread.map(Thread::isAlive).orElse(false),
                turnBegan
                        .map(began -> Duration.ofNanos(System.nanoTime() - began))
                        .orElse(Duration.ZERO),
                first,
                last,
                runs,
                failures,
                reason,
                message);
    }

    private List<String> problems(
            Convergence convergence, Optional<Converged> known, Heals.Summary healed) {
        List<String> problems = new ArrayList<>();
        if (convergence.fails()) {
            problems.add(convergence.message());
        }
        if (!healed.trouble().isEmpty()) {
            problems.add("cannot be put right: " + healed.trouble());
        }
        if (!store.status().reachable()) {
            problems.add(
                    "the store "
                            + options.store().text()
                            + " is not reachable: "
                            + store.status().lastError());
        }
        known.map(Converged::shortage).filter(text -> !text.isEmpty()).ifPresent(problems::add);
        known.ifPresent(
                c -> c.state().refused().forEach(peer -> problems.add("set aside: " + peer)));
        for (Rejected rejected : broken.get()) {
            problems.add(rejected.name() + " is unusable: " + rejected.problems());
        }
        known.ifPresent(c ->
                c.sessions().stream()
                        .filter(session -> !session.isEstablished())
                        .forEach(session ->
                                problems.add(
                                        "BGP session with "
                                                + session.peer()
                                                + " ("
                                                + session.address()
                                                + ") is "
                                                + session.state())));
        return problems;
    }

    /** By the aliases of links, which name the network first. */
    private Map<String, Integer> attachments(Optional<Network> own) {
        Map<String, Integer> counts = new TreeMap<>();
        own.ifPresent(network -> counts.put(network.name(), 0));
        try (RtNetlink kernel = RtNetlink.open(host)) {
            for (Link link : kernel.links()) {
                String owner =
                        Ownership.isOurAlias(link.alias()) ? Ownership.ownerOf(link.alias()) : "";
                int slash = owner.indexOf('/');
                if (slash > 0 && owner.indexOf('/', slash + 1) > 0) {
                    counts.merge(owner.substring(0, slash), 1, Integer::sum);
                }
            }
        } catch (IOException e) {
            return Map.of(); // better no number than a wrong one
        }
        return counts;
    }

    @Override
    public void close() {
        host.close();
    }
}
