package dev.kakehashi.cluster.ipam;

import dev.kakehashi.linux.IpAddresses;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * Whether a pod can have the address that it asks for by name. Pure.
 *
 * <p>Whoever asks by name gets no address that nobody else would get: what a pool does not give of
 * itself (reserved, disabled, not for the namespace) it does not give by name either. Only the rest
 * after use does not hold: by it nobody gets by chance what others still send to, and who names an
 * address is to take the place of its last owner, such as the same pod after a restart.
 */
final class FixedAddresses {
    private FixedAddresses() {}

    static boolean isIpv4(InetAddress address) {
        return address instanceof Inet4Address;
    }

    /** A pod has one address of each family of the network's pools, no more and no other. */
    static void checkFamilies(Ledger ledger, List<InetAddress> wanted)
            throws AddressRefusedException {
        for (int i = 0; i < wanted.size(); i++) {
            InetAddress address = wanted.get(i);
            if (!Allocator.hasFamily(ledger, isIpv4(address))) {
                throw new AddressRefusedException(
                        IpAddresses.format(address)
                                + " was asked for, and no IPPool that this node may use has "
                                + family(address)
                                + " addresses");
            }
            for (InetAddress earlier : wanted.subList(0, i)) {
                if (isIpv4(earlier) == isIpv4(address)) {
                    throw new AddressRefusedException(
                            IpAddresses.format(earlier)
                                    + " and "
                                    + IpAddresses.format(address)
                                    + " were asked for; a pod gets one "
                                    + family(address)
                                    + " address of a network");
                }
            }
        }
    }

    private static String family(InetAddress address) {
        return isIpv4(address) ? "IPv4" : "IPv6";
    }

    /**
     * Lets an address pass that can be given now.
     *
     * @param pools those that the pod may use
     * @throws AddressesExhaustedException when it can be had another time
     * @throws AddressRefusedException when it can be had only after somebody changed something
     */
    static void check(Ledger ledger, List<PoolRules> pools, InetAddress wanted, long now)
            throws AddressesExhaustedException, AddressRefusedException {
        String text = IpAddresses.format(wanted);
        PoolRules pool = poolOf(ledger, pools, wanted);
        if (Allocator.isReserved(pool, wanted)) {
            throw new AddressRefusedException(
                    text
                            + " is among the reservations of pool "
                            + pool.name()
                            + ": no pod gets it");
        }
        if (pool.disabled()) {
            throw new AddressRefusedException(
                    text
                            + " is of pool "
                            + pool.name()
                            + ", which is disabled: it gives no new addresses");
        }
        Optional<HeldBlock> held = ledger.blockOf(wanted);
        if (held.isEmpty() || !Allocator.isFor(pool, held.get())) {
            throw new AddressRefusedException(
                    text
                            + " is not in a block of this node; it can be had on the node that"
                            + " holds its block (kakehashi ipam show)");
        }
        HeldBlock block = held.get();
        int index = BlockAddresses.indexOf(block.cidr(), wanted);
        if (!BlockAddresses.isForPods(block.cidr(), index)) {
            throw new AddressRefusedException(
                    text + " is an address of the link itself in block " + block.cidr());
        }
        Given given = ledger.given().get(wanted);
        if (given != null) {
            throw new AddressesExhaustedException(
                    text + " is in use by " + given.allocation().handle());
        }
        if (block.givenUp().contains(wanted)) {
            throw new AddressesExhaustedException(text + " is lent, or offered, to another node");
        }
        if (!Allocator.isUsable(block, now)) {
            throw new AddressesExhaustedException(
                    "block " + block.cidr() + " of " + text + " may not be used now");
        }
    }

    private static PoolRules poolOf(Ledger ledger, List<PoolRules> pools, InetAddress wanted)
            throws AddressRefusedException {
        for (PoolRules pool : ledger.pools()) {
            if (pool.cidr().contains(wanted)) {
                if (pools.contains(pool)) {
                    return pool;
                }
                throw new AddressRefusedException(
                        IpAddresses.format(wanted)
                                + " is of pool "
                                + pool.name()
                                + ", which the pod did not choose or which is not for its"
                                + " namespace");
            }
        }
        throw new AddressRefusedException(
                IpAddresses.format(wanted) + " is in no IPPool that this node may use");
    }
}
