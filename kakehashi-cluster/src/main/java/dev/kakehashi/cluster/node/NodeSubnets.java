package dev.kakehashi.cluster.node;

import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.NodeAnnotations;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The subnets into which a network is divided, one for each node: which are free. */
final class NodeSubnets {
    /**
     * How many free subnets are looked for: as Flannel, enough that nodes starting at once seldom
     * want the same.
     */
    static final int CANDIDATES = 100;

    private NodeSubnets() {}

    /**
     * The first free subnets of one of the network's prefixes. The very first subnet comes last:
     * its first address is also the network's own, which some software takes amiss.
     *
     * @param others all nodes but the one that asks; what they hold or claim is not free
     * @throws SubnetsExhaustedException when none is free
     */
    static List<IpPrefix> free(Network network, IpPrefix cidr, Collection<Node> others)
            throws SubnetsExhaustedException {
        int length = network.spec().nodePrefixLength(cidr.isIpv4());
        List<IpPrefix> taken = takenIn(cidr, others);
        // One look for each candidate, however many nodes there are; subnets wider than this
        // network's are rare.
        Set<IpPrefix> subnets = new HashSet<>();
        List<IpPrefix> wide = new ArrayList<>();
        for (IpPrefix one : taken) {
            if (one.length() < length) {
                wide.add(one);
            } else {
                subnets.add(new IpPrefix(one.address(), length).network());
            }
        }
        BigInteger count = BigInteger.ONE.shiftLeft(length - cidr.length());
        List<IpPrefix> free = new ArrayList<>();
        BigInteger index = BigInteger.ONE;
        while (free.size() < CANDIDATES && index.compareTo(count) <= 0) {
            IpPrefix candidate = subnet(cidr, length, index.mod(count));
            if (!subnets.contains(candidate) && wide.stream().noneMatch(candidate::overlaps)) {
                free.add(candidate);
            }
            index = index.add(BigInteger.ONE);
        }
        if (free.isEmpty()) {
            throw new SubnetsExhaustedException(
                    "network "
                            + network.name()
                            + ": no free subnet for this node: all "
                            + count
                            + " subnets /"
                            + length
                            + " of "
                            + cidr
                            + " are in use, by "
                            + taken.size()
                            + " subnets of other nodes; delete Nodes that are gone, or make a network with a larger"
                            + " range");
        }
        return free;
    }

    /**
     * How many nodes come before one, by name, of those that have no subnet of a prefix and claim
     * none.
     */
    static int turn(String self, IpPrefix cidr, Collection<Node> others) {
        int turn = 0;
        for (Node other : others) {
            if (other.name().compareTo(self) < 0
                    && other.podCidr(cidr.isIpv4()).isEmpty()
                    && claims(other).isEmpty()) {
                turn++;
            }
        }
        return turn;
    }

    /** What the nodes hold, and what they are about to take. */
    static List<IpPrefix> takenIn(IpPrefix cidr, Collection<Node> nodes) {
        List<IpPrefix> taken = new ArrayList<>();
        for (Node node : nodes) {
            for (IpPrefix held : node.podCidrs()) {
                if (held.overlaps(cidr)) {
                    taken.add(held);
                }
            }
            for (IpPrefix claimed : claims(node)) {
                if (claimed.overlaps(cidr)) {
                    taken.add(claimed);
                }
            }
        }
        return taken;
    }

    /** The subnets in a node's claim; one that makes no sense claims nothing. */
    static List<IpPrefix> claims(Node node) {
        String claim = node.metadata().annotations().getOrDefault(NodeAnnotations.SUBNET_CLAIM, "");
        List<IpPrefix> claims = new ArrayList<>();
        for (String text : claim.split(",", -1)) {
            try {
                if (!text.isBlank()) {
                    claims.add(IpPrefix.parse(text.strip()).network());
                }
            } catch (IllegalArgumentException e) {
                // Somebody else wrote it; the owner's agent replaces it.
            }
        }
        return claims;
    }

    /** The subnet of a number, counted from 0. */
    private static IpPrefix subnet(IpPrefix cidr, int length, BigInteger index) {
        int octets = cidr.bits() / 8;
        BigInteger first = new BigInteger(1, cidr.address().getAddress());
        byte[] value = first.or(index.shiftLeft(cidr.bits() - length)).toByteArray();
        byte[] address = new byte[octets];
        int copied =
                Math.min(octets, value.length); // toByteArray may have a leading zero for the sign
        System.arraycopy(value, value.length - copied, address, octets - copied, copied);
        return new IpPrefix(IpAddresses.of(address), length);
    }
}
