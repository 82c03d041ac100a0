package dev.kakehashi.cluster.ipam;

import dev.kakehashi.cluster.Allocation;
import dev.kakehashi.cluster.AllocationHandle;
import dev.kakehashi.linux.IpPrefix;

import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Chooses addresses out of a ledger. Pure: the ledger it answers with is to be on disk before
 * anybody is told.
 *
 * <p>Next-fit with cool-down: the search goes on behind the address given last, and an address that
 * was taken back is not given again for a while, since others may still send to its last owner.
 */
public final class Allocator {
    /** How long an address that was taken back rests, as long as AWS's plugin lets it. */
    static final long COOL_DOWN_MILLIS = 30_000;

    private Allocator() {}

    /**
     * Gives an address of each family of the network's pools. What the attachment has already it
     * gets again, so that a call may be repeated.
     *
     * @param node name of this node
     * @param now milliseconds since the machine started
     * @param date the time
     * @throws AddressesExhaustedException when there is none now
     * @throws AddressRefusedException when there can be none as it was asked
     */
    public static Ledger give(
            Ledger ledger, String node, AddressRequest request, long now, Instant date)
            throws AddressesExhaustedException, AddressRefusedException {
        if (!ledger.of(request.containerId(), request.interfaceName()).isEmpty()) {
            return ledger;
        }
        if (ledger.pools().isEmpty()) {
            throw new AddressesExhaustedException(
                    "node "
                            + node
                            + " knows no pool yet: there is no active IPPool for this network and"
                            + " node, or the store was not reached since the machine started");
        }
        PoolChoice choice = PoolChoice.of(ledger, request);
        FixedAddresses.checkFamilies(ledger, request.addresses());
        AllocationHandle handle =
                new AllocationHandle(
                        request.containerId(), request.interfaceName(), ledger.generation() + 1);
        Ledger changed = ledger;
        for (boolean ipv4 : new boolean[] {true, false}) {
            if (hasFamily(ledger, ipv4)) {
                InetAddress address =
                        choose(changed, request, choice.pools(ledger, ipv4), ipv4, now);
                HeldBlock block = changed.blockOf(address).orElseThrow();
                Allocation allocation =
                        new Allocation(address, handle, node, request.attributes(), date);
                changed =
                        changed.with(
                                        block.withCursor(
                                                BlockAddresses.indexOf(block.cidr(), address)))
                                .withGiven(List.of(new Given(allocation, now)));
            }
        }
        return changed;
    }

    static boolean hasFamily(Ledger ledger, boolean ipv4) {
        for (PoolRules pool : ledger.pools()) {
            if (pool.cidr().isIpv4() == ipv4) {
                return true;
            }
        }
        return false;
    }

    private static InetAddress choose(
            Ledger ledger, AddressRequest request, List<PoolRules> pools, boolean ipv4, long now)
            throws AddressesExhaustedException, AddressRefusedException {
        for (InetAddress wanted : request.addresses()) {
            if (FixedAddresses.isIpv4(wanted) == ipv4) {
                FixedAddresses.check(ledger, pools, wanted, now);
                return wanted;
            }
        }
        for (PoolRules pool : pools) {
            for (boolean borrowed : new boolean[] {false, true}) {
                Optional<InetAddress> free = nextFree(ledger, pool, borrowed, now);
                if (free.isPresent()) {
                    return free.get();
                }
            }
        }
        throw new AddressesExhaustedException(Exhaustion.of(ledger, pools, now));
    }

    /** Whether addresses of a block may be given. */
    static boolean isUsable(HeldBlock block, long now) {
        return !block.leaving() && now < block.until();
    }

    /**
     * Whether a block is one of a pool as it is now. Of a pool that is strict again what is
     * borrowed stays with who has it, and nobody else; and so do blocks of one that was deleted and
     * made again with other addresses under the same name.
     */
    static boolean isFor(PoolRules pool, HeldBlock block) {
        return block.pool().equals(pool.name())
                && pool.cidr().contains(block.cidr())
                && (pool.borrowing() || !block.isBorrowed());
    }

    private static Optional<InetAddress> nextFree(
            Ledger ledger, PoolRules pool, boolean borrowed, long now) {
        for (HeldBlock block : ledger.blocks().values()) {
            if (block.isBorrowed() == borrowed && isFor(pool, block) && isUsable(block, now)) {
                Optional<InetAddress> free = nextFree(ledger, pool, block, now);
                if (free.isPresent()) {
                    return free;
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<InetAddress> nextFree(
            Ledger ledger, PoolRules pool, HeldBlock block, long now) {
        if (pool.disabled()) {
            return Optional.empty();
        }
        List<InetAddress> addresses = BlockAddresses.of(block.cidr());
        int size = addresses.size();
        for (int i = 1; i <= size; i++) {
            int index = (block.cursor() + i) % size;
            if (BlockAddresses.isForPods(block.cidr(), index)
                    && isFree(ledger, pool, block, addresses.get(index), now)) {
                return Optional.of(addresses.get(index));
            }
        }
        return Optional.empty();
    }

    /** Whether an address of a block that this node may use can be given now. */
    static boolean isFree(
            Ledger ledger, PoolRules pool, HeldBlock block, InetAddress address, long now) {
        if (ledger.given().containsKey(address) || block.givenUp().contains(address)) {
            return false;
        }
        Long since = ledger.cooling().get(address);
        return (since == null || now - since >= COOL_DOWN_MILLIS) && !isReserved(pool, address);
    }

    static boolean isReserved(PoolRules pool, InetAddress address) {
        List<IpPrefix> reserved = pool.reservations();
        return !reserved.isEmpty() && reserved.stream().anyMatch(one -> one.contains(address));
    }

    /** How many addresses of a pool this node could give now. */
    static int free(Ledger ledger, PoolRules pool, long now) {
        int free = 0;
        for (HeldBlock block : ledger.blocks().values()) {
            if (isFor(pool, block) && isUsable(block, now)) {
                free += free(ledger, pool, block, now);
            }
        }
        return free;
    }

    private static int free(Ledger ledger, PoolRules pool, HeldBlock block, long now) {
        int free = 0;
        List<InetAddress> addresses = BlockAddresses.of(block.cidr());
        for (int index = 0; index < addresses.size(); index++) {
            if (BlockAddresses.isForPods(block.cidr(), index)
                    && isFree(ledger, pool, block, addresses.get(index), now)) {
                free++;
            }
        }
        return free;
    }
}
