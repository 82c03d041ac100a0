package dev.kakehashi.agent.status;

import dev.kakehashi.agent.bird.BgpSession;
import dev.kakehashi.cluster.carrier.RefusedPeer;
import dev.kakehashi.cluster.node.Underlay;
import dev.kakehashi.cluster.store.StoreStatus;
import dev.kakehashi.linux.IpPrefix;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A node as its agent sees it at one moment. What is not known before the node has converged once
 * is empty.
 *
 * @param name of the Node
 * @param network name of the Network
 * @param cidrs the network's addresses
 * @param carrier the carrier that is wanted; empty until it is known
 * @param podMtu MTU of pods in octets; 0 until it is known
 * @param underlay how other nodes are reached
 * @param ranges where pods get addresses from
 * @param peersByCarrier how many other nodes are reached by which carrier
 * @param refused nodes, or families of them, that are set aside
 * @param sessions of BGP
 * @param attachments interfaces of containers that there are in the kernel, by network
 * @param store address of the store
 * @param storeStatus how it stands
 * @param convergence how the node follows what is wanted
 * @param heals what was put right
 * @param problems what a person should know, a sentence each
 */
public record NodeStatus(
        String name,
        String network,
        List<IpPrefix> cidrs,
        String carrier,
        int podMtu,
        Optional<Underlay> underlay,
        List<AddressRange> ranges,
        Map<String, Integer> peersByCarrier,
        List<RefusedPeer> refused,
        List<BgpSession> sessions,
        Map<String, Integer> attachments,
        String store,
        StoreStatus storeStatus,
        Convergence convergence,
        Heals.Summary heals,
        List<String> problems) {
    /** Copies the collections. */
    public NodeStatus {
        cidrs = List.copyOf(cidrs);
        ranges = List.copyOf(ranges);
        peersByCarrier = new TreeMap<>(peersByCarrier);
        refused = List.copyOf(refused);
        sessions = List.copyOf(sessions);
        attachments = new TreeMap<>(attachments);
        problems = List.copyOf(problems);
    }
}
