package dev.kakehashi.cluster.migration;

import dev.kakehashi.cluster.CarrierName;
import dev.kakehashi.cluster.KeyRotation;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.flannel.FlannelNodes;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Whether a network's WireGuard keys can be rotated, by what is known before it begins. */
public final class RotationAdmission {
    private RotationAdmission() {}

    /**
     * Why they cannot, each with what to do; empty when nothing is known to be in the way.
     *
     * @param network as it is now ({@link KeyRotation#at})
     * @param named the nodes whose keys are to be other ones; empty: all
     * @param undo whether a rotation that is not done is to be turned back
     * @param nodes all Nodes of the store
     */
    public static List<String> problems(
            Network network, Collection<String> named, boolean undo, Collection<Node> nodes) {
        List<String> problems = new ArrayList<>();
        if (!network.spec().permits(CarrierName.WIREGUARD)) {
            problems.add(
                    "its carrier is "
                            + network.spec().carrier()
                            + ", which has no keys; only wireguard, and host-gw with crossSubnet:"
                            + " wireguard, have");
        }
        Set<String> unknown = new TreeSet<>(named);
        unknown.removeAll(nodes.stream().map(Node::name).collect(Collectors.toSet()));
        unknown.forEach(name -> problems.add("there is no Node '" + name + "'"));
        NetworkMigration migration = NetworkMigration.of(network, nodes);
        if (undo && migration.isDone()) {
            problems.add(
                    "no rotation is under way: the keys of before are deleted; leave out --undo to"
                            + " make new ones");
        }
        if (!undo && !migration.isDone()) {
            problems.add(
                    "its nodes are still on their way ("
                            + migration.summary()
                            + "): wait for them, or turn a rotation back with --undo; 'kakehashi"
                            + " network show "
                            + network.name()
                            + "' tells what they wait for");
        }
        if (!undo && network.spec().wireguard().separate()) {
            problems.add(
                    "each family has a WireGuard device (spec.wireguard.separate), and both are in use:"
                            + " keys are rotated where one device is for both");
        }
        if (!undo) {
            FlannelNodes.refuses(KeyRotation.next(network, named, Instant.EPOCH), nodes)
                    .ifPresent(problems::add);
        }
        return problems;
    }
}
