package dev.kakehashi.cluster;

import dev.kakehashi.linux.IpPrefix;

import java.util.List;

/**
 * What an IPPool is to be.
 *
 * @param network name of the Network whose pods use it
 * @param cidr all its addresses; cannot be changed once the pool is active
 * @param blockSize prefix length of the blocks; cannot be changed once the pool is active
 * @param nodeSelector the nodes that may claim blocks
 * @param namespaceSelector the namespaces whose pods may have its addresses
 * @param reservations addresses that no pod gets
 * @param disabled whether no new address is given; those in use stay
 * @param assignment whether nodes may use addresses of each other's blocks
 * @param masquerade whether what its pods send out of the network leaves with the node's address
 * @param noMasqueradeTo destinations outside that see the pod's own address all the same
 */
public record IpPoolSpec(
        String network,
        IpPrefix cidr,
        int blockSize,
        LabelSelector nodeSelector,
        LabelSelector namespaceSelector,
        List<IpPrefix> reservations,
        boolean disabled,
        AssignmentMode assignment,
        boolean masquerade,
        List<IpPrefix> noMasqueradeTo) {
    /** The Network of a pool that names none. */
    public static final String DEFAULT_NETWORK = "default";

    /** As Calico: 64 addresses. */
    public static final int DEFAULT_BLOCK_SIZE = 26;

    /** As Calico: 64 addresses. */
    public static final int DEFAULT_BLOCK_SIZE_IPV6 = 122;

    /** A block of more addresses would be an object too large for the stores. */
    public static final int MAX_BLOCK_BITS = 12;

    /** A block of fewer has no address left beside the node's own and those of the link. */
    public static final int MIN_BLOCK_BITS = 2;

    /** Copies the lists. */
    public IpPoolSpec {
        reservations = List.copyOf(reservations);
        noMasqueradeTo = List.copyOf(noMasqueradeTo);
    }

    /** Default settings over {@code cidr}. */
    public static IpPoolSpec of(IpPrefix cidr) {
        return new IpPoolSpec(
                DEFAULT_NETWORK,
                cidr,
                defaultBlockSize(cidr),
                LabelSelector.everything(),
                LabelSelector.everything(),
                List.of(),
                false,
                AssignmentMode.STRICT,
                true,
                List.of());
    }

    /** The block size of a pool that names none: 64 addresses, or the whole of a smaller pool. */
    static int defaultBlockSize(IpPrefix cidr) {
        return Math.max(
                cidr.isIpv4() ? DEFAULT_BLOCK_SIZE : DEFAULT_BLOCK_SIZE_IPV6, cidr.length());
    }

    /** The same with another block size. */
    public IpPoolSpec withBlockSize(int other) {
        return new IpPoolSpec(
                network,
                cidr,
                other,
                nodeSelector,
                namespaceSelector,
                reservations,
                disabled,
                assignment,
                masquerade,
                noMasqueradeTo);
    }

    /** The same with another answer to who sees the pods' own addresses. */
    public IpPoolSpec withMasquerade(boolean other, List<IpPrefix> never) {
        return new IpPoolSpec(
                network,
                cidr,
                blockSize,
                nodeSelector,
                namespaceSelector,
                reservations,
                disabled,
                assignment,
                other,
                never);
    }

    /** The same with another assignment mode. */
    public IpPoolSpec withAssignment(AssignmentMode other) {
        return new IpPoolSpec(
                network,
                cidr,
                blockSize,
                nodeSelector,
                namespaceSelector,
                reservations,
                disabled,
                other,
                masquerade,
                noMasqueradeTo);
    }

    /** The same with other reservations. */
    public IpPoolSpec withReservations(List<IpPrefix> other) {
        return new IpPoolSpec(
                network,
                cidr,
                blockSize,
                nodeSelector,
                namespaceSelector,
                other,
                disabled,
                assignment,
                masquerade,
                noMasqueradeTo);
    }

    /** The same for other namespaces. */
    public IpPoolSpec withNamespaceSelector(LabelSelector other) {
        return new IpPoolSpec(
                network,
                cidr,
                blockSize,
                nodeSelector,
                other,
                reservations,
                disabled,
                assignment,
                masquerade,
                noMasqueradeTo);
    }

    /** The same for the Network of a name. */
    public IpPoolSpec withNetwork(String other) {
        return new IpPoolSpec(
                other,
                cidr,
                blockSize,
                nodeSelector,
                namespaceSelector,
                reservations,
                disabled,
                assignment,
                masquerade,
                noMasqueradeTo);
    }
}
