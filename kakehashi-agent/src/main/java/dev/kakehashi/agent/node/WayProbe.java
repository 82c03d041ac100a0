package dev.kakehashi.agent.node;

import dev.kakehashi.agent.bird.BirdRoutes;
import dev.kakehashi.cluster.CarrierName;
import dev.kakehashi.cluster.carrier.NodeCompiler;
import dev.kakehashi.cluster.carrier.NodeState;
import dev.kakehashi.cluster.carrier.Peer;
import dev.kakehashi.cluster.carrier.Way;
import dev.kakehashi.cluster.migration.PeerCarriers;
import dev.kakehashi.cluster.migration.Sending;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.packet.EchoSocket;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.NextHop;
import dev.kakehashi.linux.rtnetlink.Route;
import dev.kakehashi.state.NamespaceId;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Looks whether peers can be reached by a carrier that is not in use: asks for an echo by it, from
 * this node's address among the pods' to theirs, in a packet as large as pods send. The peer's
 * kernel answers, by whatever it sends by to this node. On one thread only.
 */
final class WayProbe {
    private static final System.Logger LOG = System.getLogger(NodeAgent.class.getName());
    private static final Duration PATIENCE = Duration.ofMillis(300);

    /** Of who was silent before; a machine that is busy answers late. */
    private static final Duration LONGEST_PATIENCE = Duration.ofSeconds(2);

    /** How many addresses of a peer are asked at most. */
    private static final int ADDRESSES = 32;

    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** For each nanosecond of waiting for an answer, these of not asking. */
    private static final int PAUSE_PER_PATIENCE = 4;

    /**
     * Who did not answer is asked again later, and later: at once where it sends to this node by
     * another way than it did then. A WireGuard peer that had no key of this node when it was asked
     * for a handshake is asked by the kernel again after 5 s only (REKEY_TIMEOUT); the first that
     * comes from there is the sign that it has.
     */
    private record Silence(Way carrier, Optional<Sending> back, long until, long pause) {}

    private final NodeKernel kernel;
    private final SplittableRandom random = new SplittableRandom();
    private final Map<String, Silence> silent = new HashMap<>();

    WayProbe(NodeKernel kernel) {
        this.kernel = kernel;
    }

    /**
     * Asks all at once.
     *
     * @param state what is in the kernel
     * @param said what the peers say
     * @return who answered from each of its families, or has no pods
     */
    Set<String> ask(
            NodeKernel.Place place,
            NodeState state,
            List<Peer> peers,
            PeerCarriers said,
            Map<String, Way> candidates)
            throws ConvergenceException {
        Map<String, Way> due = new HashMap<>(candidates);
        String self = place.self().name();
        due.entrySet()
                .removeIf(candidate ->
                        isSilent(
                                candidate.getKey(),
                                candidate.getValue(),
                                said.sending(candidate.getKey(), self)));
        Set<String> reached = new HashSet<>(due.keySet());
        if (due.isEmpty()) {
            return reached;
        }
        Map<String, Peer> byName = new HashMap<>();
        peers.forEach(peer -> byName.put(peer.name(), peer));
        try {
            List<Route> routes = kernel.rtnetlink().routes(Route.MAIN);
            Map<String, Integer> links = new HashMap<>();
            for (Link link : kernel.rtnetlink().links()) {
                links.put(link.name(), link.index());
            }
            for (boolean ipv4 : new boolean[] {true, false}) {
                Map<InetAddress, Question> questions = new HashMap<>();
                due.forEach((name, carrier) ->
                        Optional.ofNullable(byName.get(name))
                                .flatMap(peer -> peer.endpoint(ipv4))
                                .stream()
                                .flatMap(end -> questions(name, carrier, end, state, routes, links))
                                .forEach(question -> questions.put(question.target(), question)));
                reached.removeAll(unanswered(place, state, ipv4, questions));
            }
        } catch (IOException e) {
            throw new ConvergenceException("KernelFailed", "cannot probe: " + e.getMessage(), e);
        }
        due.forEach((name, carrier) ->
                note(name, carrier, said.sending(name, self), reached.contains(name)));
        return reached;
    }

    private record Question(String peer, Way carrier, InetAddress target, OptionalInt link) {}

    private static Stream<Question> questions(
            String name,
            Way carrier,
            Peer.Endpoint end,
            NodeState state,
            List<Route> routes,
            Map<String, Integer> links) {
        OptionalInt link = OptionalInt.empty();
        for (IpPrefix subnet : end.subnets()) {
            link =
                    carrier == Way.BGP
                            ? byBird(subnet, routes)
                            : standing(subnet, carrier, state, links);
            if (link.isEmpty()) {
                break; // one subnet without a way is enough
            }
        }
        OptionalInt by = link;
        return targets(end).map(target -> new Question(name, carrier, target, by));
    }

    /**
     * The first address of a node's subnets is its own. One that has only borrowed addresses has
     * none: whichever a pod has of them answers.
     */
    private static Stream<InetAddress> targets(Peer.Endpoint end) {
        IpPrefix first = end.subnets().getFirst();
        boolean own = first.length() < first.bits();
        return end.subnets().stream().limit(own ? 1 : ADDRESSES).map(IpPrefix::address);
    }

    private static OptionalInt byBird(IpPrefix subnet, List<Route> routes) {
        return routes.stream()
                .filter(route -> route.destination().equals(subnet) && BirdRoutes.isOne(route))
                .flatMap(route -> route.nextHops().stream())
                .mapToInt(NextHop::link)
                .findFirst();
    }

    private static OptionalInt standing(
            IpPrefix subnet, Way carrier, NodeState state, Map<String, Integer> links) {
        return state.desired().in(NamespaceId.HOST).stream()
                .filter(dev.kakehashi.state.Route.class::isInstance)
                .map(dev.kakehashi.state.Route.class::cast)
                .filter(route ->
                        route.destination().equals(subnet)
                                && route.metric() == NodeCompiler.standbyMetric(carrier))
                .flatMap(route -> route.devices().stream())
                .filter(links::containsKey)
                .mapToInt(links::get)
                .findFirst();
    }

    private Set<String> unanswered(
            NodeKernel.Place place,
            NodeState state,
            boolean ipv4,
            Map<InetAddress, Question> questions)
            throws IOException {
        Set<String> open = new HashSet<>();
        questions.values().forEach(question -> open.add(question.peer()));
        Optional<InetAddress> own = source(place, ipv4, questions.values());
        if (questions.isEmpty() || own.isEmpty()) {
            return Set.of();
        }
        try (EchoSocket socket = EchoSocket.open(kernel.host(), own.get(), random.nextInt())) {
            for (Question question : questions.values()) {
                if (question.link().isPresent()) {
                    ask(socket, question, state.podMtu());
                }
            }
            long deadline = System.nanoTime() + patience(open);
            while (!open.isEmpty() && System.nanoTime() < deadline) {
                Optional<EchoSocket.Answer> answer =
                        socket.answer(Duration.ofNanos(deadline - System.nanoTime()));
                answer.map(EchoSocket.Answer::from)
                        .map(questions::get)
                        .ifPresent(answered -> open.remove(answered.peer()));
            }
        }
        return open;
    }

    /**
     * From where it is asked. A node that has only addresses that it borrowed has none of its own
     * among the pods': it asks from the underlay's, to which the answer comes without a carrier.
     * Empty where it has no pods of the family, and so sends nothing of it, or where the peer would
     * not take that: WireGuard's has no other addresses for this node than those of its pods.
     */
    private static Optional<InetAddress> source(
            NodeKernel.Place place, boolean ipv4, Collection<Question> questions) {
        List<IpPrefix> own = place.self().wholeSubnets(ipv4);
        if (!own.isEmpty()) {
            return Optional.of(own.getFirst().address());
        }
        boolean encrypted =
                questions.stream()
                        .anyMatch(question ->
                                place.network()
                                        .spec()
                                        .withCarrier(question.carrier().carrier())
                                        .permits(CarrierName.WIREGUARD));
        return place.self().subnets(ipv4).isEmpty() || encrypted
                ? Optional.empty()
                : place.self().underlay().address(ipv4);
    }

    private static void ask(EchoSocket socket, Question question, int octets) {
        try {
            socket.ask(question.target(), question.link().orElseThrow(), octets);
        } catch (IOException e) {
            LOG.log(
                    System.Logger.Level.DEBUG,
                    () -> question.peer() + " by " + question.carrier() + ": " + e.getMessage());
        }
    }

    private long patience(Set<String> asked) {
        long longest =
                asked.stream()
                        .map(silent::get)
                        .filter(Objects::nonNull)
                        .mapToLong(Silence::pause)
                        .max()
                        .orElse(0);
        return Math.clamp(
                longest / PAUSE_PER_PATIENCE, PATIENCE.toNanos(), LONGEST_PATIENCE.toNanos());
    }

    private boolean isSilent(String peer, Way carrier, Optional<Sending> back) {
        Silence silence = silent.get(peer);
        return silence != null
                && silence.carrier() == carrier
                && silence.back().equals(back)
                && System.nanoTime() - silence.until() < 0;
    }

    private void note(String peer, Way carrier, Optional<Sending> back, boolean reached) {
        Silence before = silent.remove(peer);
        if (!reached) {
            long pause =
                    before == null || before.carrier() != carrier || !before.back().equals(back)
                            ? FIRST_PAUSE_NANOS
                            : Math.min(2 * before.pause(), LONGEST_PAUSE_NANOS);
            silent.put(peer, new Silence(carrier, back, System.nanoTime() + pause, pause));
        }
    }

    /** Who did not answer when last asked. */
    Set<String> silent() {
        return new java.util.TreeSet<>(silent.keySet());
    }
}
