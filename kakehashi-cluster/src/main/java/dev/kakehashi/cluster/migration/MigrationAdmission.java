package dev.kakehashi.cluster.migration;

import dev.kakehashi.cluster.CarrierName;
import dev.kakehashi.cluster.InvalidObjectException;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.flannel.FlannelNodes;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Whether a network can go to another carrier, by what is known before anything is changed. */
public final class MigrationAdmission {
    private MigrationAdmission() {}

    /**
     * The network with another carrier, and the one it has written down as the former.
     *
     * @return the same when it has that carrier already
     */
    public static Network changed(Network network, CarrierName carrier) {
        CarrierName now = network.spec().carrier();
        return now == carrier
                ? network
                : network.withSpec(network.spec().withCarrier(carrier))
                        .withMetadata(
                                network.metadata().with(Network.FORMER_CARRIER, now.toString()));
    }

    /**
     * Why it cannot, each with what to do; empty when nothing is known to be in the way.
     *
     * @param nodes all Nodes of the store
     */
    public static List<String> problems(
            Network network, CarrierName carrier, Collection<Node> nodes) {
        List<String> problems = new ArrayList<>();
        Network changed = changed(network, carrier);
        try {
            var _ =
                    Kind.NETWORK.decode(
                            "network " + network.name(), Kind.NETWORK.encode(changed), Map.of());
        } catch (InvalidObjectException e) {
            problems.add(String.valueOf(e.getMessage()));
        }
        FlannelNodes.refuses(changed, nodes).ifPresent(problems::add);
        for (Node node : nodes) {
            String why = CarrierObstacles.of(node).get(carrier);
            if (why != null) {
                problems.add("node " + node.name() + " cannot: " + why);
            }
        }
        return problems;
    }
}
