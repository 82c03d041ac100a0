package dev.kakehashi.agent.node;

import dev.kakehashi.agent.pods.PodMtuTurn;
import dev.kakehashi.agent.pods.PodNamespaces;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.node.CniConfList;
import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.netlink.BatchResult;
import dev.kakehashi.linux.netlink.NetlinkException;
import dev.kakehashi.linux.netlink.NetlinkRequest;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.Bridge;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.LinkSpec;
import dev.kakehashi.linux.rtnetlink.Links;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.linux.rtnetlink.Veth;
import dev.kakehashi.state.Ownership;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Gives the links of a network's pods that run the MTU that its new pods get: the bridge, the
 * host's end of each veth pair, and the pod's own end in the pod's namespace. Links of others are
 * left alone. On one thread only.
 *
 * <p>By messages of its own and not by the state engine: that one describes one namespace's objects
 * and holds the namespaces it works in, where this is one attribute of objects that ADDs have
 * described, in an order over all pods, each of which is entered for a moment only.
 *
 * <p>Who may send larger packets than another takes loses them on a bridge without a word: what
 * shrinks shrinks in the pods first, what grows grows there last.
 */
final class PodLinks {
    private static final System.Logger LOG = System.getLogger(NodeAgent.class.getName());

    /** Between two looks at the host's links while nothing else asks for one. */
    private static final Duration INTERVAL = Duration.ofMillis(400);

    /** Before a pod whose namespace was not found is looked for again. */
    private static final Duration RETRY = Duration.ofSeconds(30);

    /** More than these are counted in the log. */
    private static final int NAMED = 5;

    /** What is known of a pod's own end. */
    private record Settled(Link hostEnd, int mtu, boolean found, long atNanos) {
        /** Whether this is said of the same pair and there is no reason to look again. */
        boolean stands(Link now, int wanted) {
            return hostEnd.alias().equals(now.alias())
                    && hostEnd.parent() == now.parent()
                    && hostEnd.parentNetnsId().equals(now.parentNetnsId())
                    && mtu == wanted
                    && (found || System.nanoTime() - atNanos < RETRY.toNanos());
        }
    }

    /** That a link has not taken an MTU. */
    private record Refusal(String alias, int mtu, long atNanos) {
        boolean stands(Link link, int wanted) {
            return alias.equals(link.alias()) && mtu == wanted;
        }

        boolean isRecent() {
            return System.nanoTime() - atNanos < RETRY.toNanos();
        }
    }

    private final RtNetlink host;
    private final PodMtuTurn turn;
    private final PodNamespaces namespaces;
    private final NeighbourKeeper neighbours;
    private final Map<Integer, Settled> settled = new HashMap<>();
    private final Map<Integer, Refusal> refusals = new HashMap<>();
    private int lastMtu;
    private long lastLook;

    /**
     * Of a node.
     *
     * @param host in the node's namespace; lent
     * @param turn taken while links are another than they will be
     * @param neighbours told of the links at each look; lent
     */
    PodLinks(RtNetlink host, PodMtuTurn turn, NeighbourKeeper neighbours) {
        this.host = host;
        this.turn = turn;
        this.namespaces = new PodNamespaces(host);
        this.neighbours = neighbours;
    }

    /**
     * Makes them so, unless it was looked a moment ago.
     *
     * @param mtu in octets
     * @param lent addresses of the node's blocks that other nodes have borrowed
     * @throws IOException when the node's links cannot be read
     */
    void keep(Network network, int mtu, Set<InetAddress> lent) throws IOException {
        long now = System.nanoTime();
        if (mtu == lastMtu && now - lastLook < INTERVAL.toNanos()) {
            return;
        }
        List<Link> links;
        try (PodMtuTurn.Turn _ = turn.take()) {
            links = host.links();
            change(network, mtu, links);
        }
        neighbours.keep(network, links, lent);
        lastMtu = mtu;
        lastLook = now;
    }

    private void change(Network network, int mtu, List<Link> links) throws IOException {
        List<Link> ends = hostEnds(links, network);
        settled.keySet().retainAll(ends.stream().map(Link::index).collect(Collectors.toSet()));
        refusals.keySet().retainAll(links.stream().map(Link::index).collect(Collectors.toSet()));
        refusals.values().removeIf(refusal -> refusal.mtu() != mtu);
        List<Link> onHost = onHost(links, ends, mtu);
        List<Link> inPods = ends.stream().filter(end -> !stands(end, mtu)).toList();
        List<Link> shrinking = inPods.stream().filter(end -> end.mtu() > mtu).toList();
        namespaces.retain(numbers(ends));
        namespaces.find(numbers(inPods));
        List<String> changed = new ArrayList<>(changeInPods(shrinking, mtu));
        List<Link> changedOnHost = changeOnHost(onHost, mtu);
        List<Link> growing =
                inPods.stream()
                        .filter(end -> end.mtu() <= mtu)
                        .filter(end -> !isRefused(end.index()) && !isRefused(end.master()))
                        .toList();
        changed.addAll(changeInPods(growing, mtu));
        tell(network, mtu, changedOnHost, changed);
    }

    private static Set<Integer> numbers(List<Link> ends) {
        return ends.stream()
                .map(end -> end.parentNetnsId().orElseThrow())
                .collect(Collectors.toSet());
    }

    /** By their alias, which names the network, the container and the pod's interface. */
    static List<Link> hostEnds(List<Link> links, Network network) {
        String prefix = Ownership.alias(network.name() + "/");
        return links.stream()
                .filter(link ->
                        link.alias().startsWith(prefix)
                                && !Ownership.isOnItsWayOut(link.group())
                                && link.alias().indexOf('/', prefix.length()) > 0
                                && link.kind().filter(Veth.class::isInstance).isPresent()
                                && link.parentNetnsId().isPresent())
                .toList();
    }

    /** The bridge first: who grows needs it large, and nobody sends by it while pods shrink. */
    private static List<Link> onHost(List<Link> links, List<Link> ends, int mtu) {
        Set<Integer> masters = ends.stream().map(Link::master).collect(Collectors.toSet());
        List<Link> all = new ArrayList<>();
        links.stream()
                .filter(link ->
                        link.name().equals(CniConfList.BRIDGE)
                                && link.kind().filter(Bridge.class::isInstance).isPresent()
                                && masters.contains(link.index()))
                .forEach(all::add);
        all.addAll(ends);
        all.removeIf(link -> link.mtu() == mtu);
        return all;
    }

    private boolean stands(Link end, int mtu) {
        Settled known = settled.get(end.index());
        return known != null && known.stands(end, mtu);
    }

    /** Those that took it. One that does not keeps nobody else from it, and is tried again. */
    private List<Link> changeOnHost(List<Link> links, int mtu) throws IOException {
        List<Link> tried =
                links.stream()
                        .filter(link ->
                                Optional.ofNullable(refusals.get(link.index()))
                                        .filter(refusal ->
                                                refusal.stands(link, mtu) && refusal.isRecent())
                                        .isEmpty())
                        .toList();
        List<NetlinkRequest> requests = new ArrayList<>(tried.size());
        tried.forEach(link -> requests.add(toMtu(link, mtu)));
        BatchResult result = host.submit(requests);
        Map<Integer, NetlinkException> failures = new HashMap<>();
        for (BatchResult.Failure failure : result.failures()) {
            failures.put(failure.index(), failure.toException());
        }
        List<Link> changed = new ArrayList<>();
        for (int i = 0; i < tried.size(); i++) {
            Link link = tried.get(i);
            NetlinkException failure = failures.get(i);
            if (failure == null) {
                refusals.remove(link.index());
                changed.add(link);
            } else if (!failure.is(Errno.ENODEV)) { // a pod that ended meanwhile
                refuse(link, mtu, failure);
            }
        }
        return changed;
    }

    private void refuse(Link link, int mtu, NetlinkException why) {
        Refusal before =
                refusals.put(link.index(), new Refusal(link.alias(), mtu, System.nanoTime()));
        if (before == null || !before.stands(link, mtu)) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0} keeps MTU {1} instead of {2}, and what is behind it does not grow: {3};"
                            + " tried again every {4} s",
                    Ownership.isOurAlias(link.alias())
                            ? link.name() + " of pod " + Ownership.ownerOf(link.alias())
                            : link.name(),
                    Integer.toString(link.mtu()),
                    Integer.toString(mtu),
                    why.getMessage(),
                    RETRY.toSeconds());
        }
    }

    private boolean isRefused(int link) {
        return refusals.containsKey(link);
    }

    private static NetlinkRequest toMtu(Link link, int mtu) {
        return Links.change(link.index(), LinkSpec.builder().mtu(mtu).build());
    }

    /** Those that had another, by the name of their attachment. */
    private List<String> changeInPods(List<Link> ends, int mtu) {
        List<String> changed = new ArrayList<>();
        for (Link end : ends) {
            boolean found = false;
            String why = "no name in the file system leads to its network namespace";
            try {
                Optional<Netns> netns = namespaces.open(end.parentNetnsId().orElseThrow());
                if (netns.isPresent()) {
                    try (Netns pod = netns.get()) {
                        found = true;
                        if (changeInPod(pod, end, mtu)) {
                            changed.add(Ownership.ownerOf(end.alias()));
                        }
                    }
                }
            } catch (IOException e) {
                found = false;
                why = String.valueOf(e.getMessage());
            }
            Settled before = settled.get(end.index());
            boolean told = before != null && !before.found() && before.mtu() == mtu;
            if (!found && !told && isStill(end)) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "pod {0}: its own interface may keep an MTU other than {1}: {2}",
                        Ownership.ownerOf(end.alias()),
                        Integer.toString(mtu),
                        why);
            }
            settled.put(end.index(), new Settled(end, mtu, found, System.nanoTime()));
        }
        return changed;
    }

    /** A pod that ends takes its link along. */
    private boolean isStill(Link end) {
        try {
            return host.link(end.index())
                    .filter(link -> link.alias().equals(end.alias()))
                    .isPresent();
        } catch (IOException e) {
            return true;
        }
    }

    /**
     * The two ends name each other; whatever else has that number is left alone. So is a smaller
     * MTU than the host's end had: {@code tuning} has chosen it, or the pod.
     */
    private static boolean changeInPod(Netns pod, Link hostEnd, int mtu) throws IOException {
        try (RtNetlink inside = RtNetlink.open(pod)) {
            Optional<Link> own =
                    inside.link(hostEnd.parent())
                            .filter(link -> link.parent() == hostEnd.index())
                            .filter(link -> link.kind().filter(Veth.class::isInstance).isPresent());
            if (own.isEmpty() || own.get().mtu() == mtu) {
                return false;
            }
            if (own.get().mtu() < mtu && own.get().mtu() != hostEnd.mtu()) {
                return false;
            }
            inside.execute(toMtu(own.get(), mtu));
            return true;
        } catch (NetlinkException e) {
            if (e.is(Errno.ENODEV)) {
                return false;
            }
            throw e;
        }
    }

    private static void tell(Network network, int mtu, List<Link> onHost, List<String> pods) {
        if (onHost.isEmpty() && pods.isEmpty()) {
            return;
        }
        LOG.log(
                System.Logger.Level.INFO,
                "network {0}: pods that run have MTU {1} now: {2} on the host, {3} in pods",
                network.name(),
                Integer.toString(mtu),
                named(onHost.stream().map(Link::name).toList()),
                named(pods));
    }

    private static String named(List<String> names) {
        return names.size() <= NAMED ? names.toString() : Integer.toString(names.size());
    }
}
