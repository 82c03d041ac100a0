package dev.kakehashi.cluster.carrier;

import dev.kakehashi.cluster.IpBlockSpec;
import dev.kakehashi.cluster.IpPool;
import dev.kakehashi.cluster.ListChange;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;

import java.util.List;
import java.util.Optional;

/**
 * Compiles again and again, as {@link NodeCompiler} would, and goes on from the last time where the
 * only thing new is nodes or blocks: of one among thousands only that one is compiled. On one
 * thread only.
 */
public final class NodeCompilation {
    private Optional<Last> last = Optional.empty();

    /** All that a compilation depends on but the nodes and blocks. */
    private record Ground(Network network, Ways ways, SelfNode self, List<IpPool> pools) {}

    private record Last(
            Ground ground,
            List<Node> nodes,
            List<IpBlockSpec> blocks,
            Claims claims,
            Compilation compilation) {}

    /** Nothing is compiled yet. */
    public NodeCompilation() {}

    /**
     * Compiles for a node that has several carriers.
     *
     * @param ways which, and by which of them it sends to whom
     * @param cluster what the store says; the node itself among it is passed over
     * @throws UnusableNetworkException when the node cannot take part; then nothing is to be
     *     changed
     */
    public NodeState compile(Network network, Ways ways, SelfNode self, ClusterState cluster)
            throws UnusableNetworkException {
        Ground ground = new Ground(network, ways, self, cluster.pools());
        List<Node> nodes = cluster.nodes();
        List<IpBlockSpec> blocks = cluster.blocks();
        Optional<Last> before = last.filter(known -> known.ground().equals(ground));
        if (before.isPresent()
                && isSame(before.get().nodes(), nodes)
                && isSame(before.get().blocks(), blocks)) {
            return before.get().compilation().state();
        }
        Claims claims =
                last.filter(known -> known.ground().self().name().equals(self.name()))
                        .map(Last::claims)
                        .orElseGet(() -> new Claims(self.name()));
        last = Optional.empty(); // should this fail
        Optional<Last> next =
                before.isPresent() ? advance(before.get(), nodes, blocks) : Optional.empty();
        if (next.isEmpty()) {
            Compilation compilation = new Compilation(network, ways, self, cluster);
            compilation.add(claims.of(nodes));
            next = Optional.of(new Last(ground, nodes, blocks, claims, compilation));
        }
        last = next;
        return next.get().compilation().state();
    }

    @SuppressWarnings("ReferenceEquality") // as long as nothing changes it is the same list
    private static boolean isSame(List<?> before, List<?> now) {
        return before == now;
    }

    /** The next one, if the compilation could be gone on with; else it is of no more use. */
    private static Optional<Last> advance(Last before, List<Node> nodes, List<IpBlockSpec> blocks)
            throws UnusableNetworkException {
        Compilation compilation = before.compilation();
        Claims.Change change =
                before.claims()
                        .change(
                                ListChange.between(before.nodes(), nodes),
                                compilation.move(ListChange.between(before.blocks(), blocks)));
        if (!compilation.change(change)) {
            return Optional.empty();
        }
        return Optional.of(new Last(before.ground(), nodes, blocks, before.claims(), compilation));
    }
}
