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
 * only thing new is nodes that came or went: of one among thousands only that one is compiled. On
 * one thread only.
 */
public final class NodeCompilation {
    private Optional<Last> last = Optional.empty();

    /** All that a compilation depends on but the nodes. */
    private record Ground(
            Network network,
            Ways ways,
            SelfNode self,
            List<IpBlockSpec> blocks,
            List<IpPool> pools) {}

    private record Last(
            Ground ground,
            List<Node> nodes,
            Claims claims,
            Compilation compilation,
            NodeState state) {}

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
        Ground ground = new Ground(network, ways, self, cluster.blocks(), cluster.pools());
        Optional<Last> before = last.filter(known -> known.ground().equals(ground));
        List<Node> nodes = cluster.nodes();
        if (before.isPresent() && isSame(before.get().nodes(), nodes)) {
            return before.get().state();
        }
        Claims claims =
                last.filter(known -> known.ground().self().name().equals(self.name()))
                        .map(Last::claims)
                        .orElseGet(() -> new Claims(self.name()));
        last = Optional.empty(); // should this fail
        Optional<Claims.Change> change =
                before.flatMap(known -> claims.change(ListChange.between(known.nodes(), nodes)));
        if (change.isPresent() && advance(before.get(), change.get())) {
            Compilation compilation = before.get().compilation();
            NodeState state = change.get().isNone() ? before.get().state() : compilation.state();
            last = Optional.of(new Last(ground, nodes, claims, compilation, state));
            return state;
        }
        Compilation compilation = new Compilation(network, ways, self, cluster);
        compilation.add(claims.of(nodes));
        NodeState state = compilation.state();
        last = Optional.of(new Last(ground, nodes, claims, compilation, state));
        return state;
    }

    @SuppressWarnings("ReferenceEquality") // as long as nothing changes it is the same list
    private static boolean isSame(List<Node> before, List<Node> nodes) {
        return before == nodes;
    }

    /** Whether the compilation could be gone on with; if not, it is of no more use. */
    private static boolean advance(Last before, Claims.Change change)
            throws UnusableNetworkException {
        Compilation compilation = before.compilation();
        if (!change.gone().isEmpty() && !compilation.remove(change.gone())) {
            return false;
        }
        if (!change.more().isEmpty()) {
            compilation.add(change.more());
        }
        return true;
    }
}
