package dev.kakehashi.cluster.carrier;

import dev.kakehashi.cluster.IpPool;
import dev.kakehashi.cluster.IpPoolStatus;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.linux.IpPrefix;

import java.util.Comparator;
import java.util.List;

/**
 * What leaves the network with the pod's own address all the same.
 *
 * @param exceptions by pool, in the order of their names
 */
record Masquerading(List<Exempt> exceptions) {
    /**
     * A pool whose pods show their own address.
     *
     * @param pool its name
     * @param pods its addresses
     * @param toAll whether everybody sees it
     * @param destinations who else does, of the pool's family
     */
    record Exempt(String pool, IpPrefix pods, boolean toAll, List<IpPrefix> destinations) {
        /** Copies the destinations. */
        Exempt {
            destinations = List.copyOf(destinations);
        }
    }

    /** Copies the exceptions. */
    Masquerading {
        exceptions = List.copyOf(exceptions);
    }

    /** By the pools that are in force for the network. */
    static Masquerading of(Network network, List<IpPool> pools) {
        if (!network.spec().usesPools()) {
            return new Masquerading(List.of());
        }
        return new Masquerading(
                pools.stream()
                        .filter(pool -> pool.spec().network().equals(network.name()))
                        .filter(pool -> pool.status().phase() == IpPoolStatus.Phase.ACTIVE)
                        .filter(pool ->
                                !pool.spec().masquerade()
                                        || !pool.spec().noMasqueradeTo().isEmpty())
                        .sorted(Comparator.comparing(IpPool::name))
                        .map(Masquerading::exempt)
                        .toList());
    }

    private static Exempt exempt(IpPool pool) {
        IpPrefix pods = pool.status().cidr().orElseThrow();
        return new Exempt(
                pool.name(),
                pods,
                !pool.spec().masquerade(),
                pool.spec().masquerade()
                        ? pool.spec().noMasqueradeTo().stream()
                                .filter(to -> to.isIpv4() == pods.isIpv4())
                                .toList()
                        : List.of());
    }
}
