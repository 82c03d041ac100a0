package dev.kakehashi.cluster.ipam;

import dev.kakehashi.cluster.IpBlock;
import dev.kakehashi.cluster.IpBlockSpec;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.store.Store;
import dev.kakehashi.cluster.store.Stored;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;

import java.io.IOException;
import java.net.InetAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** Gives addresses and blocks back by hand, where a person knows more than the nodes. */
public final class HandRelease {
    private HandRelease() {}

    /**
     * Takes an address back from an attachment that is gone.
     *
     * @param sinceBoot the time since the machine started
     * @return of which attachment it was
     * @throws AddressRefusedException when it is not in use here, or its attachment lives; nothing
     *     was changed then
     * @throws IOException when the ledger cannot be read or written
     */
    public static String address(
            LedgerDisk disk, InetAddress address, Living living, InstantSource sinceBoot)
            throws IOException, AddressRefusedException {
        String text = IpAddresses.format(address);
        Given given = disk.read().given().get(address);
        if (given == null) {
            throw new AddressRefusedException(text + " is not in use on this node");
        }
        if (living.lives(given.allocation())) {
            throw new AddressRefusedException(
                    text
                            + " is in use by "
                            + given.allocation().handle()
                            + ", which may live: delete the pod, or call DEL (kakehashi cni del)");
        }
        long now = sinceBoot.millis();
        disk.change(ledger -> ledger.takenBack(List.of(given.allocation().handle()), now));
        return given.allocation().handle().toString();
    }

    /**
     * Gives a block of a node that is gone back to its pool, without waiting until the node's right
     * to use it has run out: whoever calls this knows that the node does not run.
     *
     * @return the node that had it
     * @throws AddressRefusedException when there is no such block, or its Node is there
     * @throws IOException when the store fails, or the block was changed meanwhile
     */
    public static String fencedBlock(Store store, IpPrefix cidr)
            throws IOException, AddressRefusedException {
        Optional<Stored<IpBlock>> block = store.find(Kind.IP_BLOCK, IpBlock.nameOf(cidr));
        if (block.isEmpty()) {
            throw new AddressRefusedException("there is no block " + cidr);
        }
        String node = block.get().object().spec().node();
        if (store.find(Kind.NODE, node).isPresent()) {
            throw new AddressRefusedException(
                    "block "
                            + cidr
                            + " is held by node "
                            + node
                            + ", whose Node is there: it gives back itself what it does not need;"
                            + " delete the Node first if the machine is gone");
        }
        List<String> lent =
                block.get().object().spec().givenUp().stream()
                        .filter(IpBlockSpec.GivenUp::isBorrowed)
                        .map(one ->
                                IpAddresses.format(one.address()) + " by node " + one.borrower())
                        .toList();
        if (!lent.isEmpty()) {
            throw new AddressRefusedException(
                    "addresses of block "
                            + cidr
                            + " are borrowed: "
                            + String.join(", ", lent)
                            + "; delete the pods that use them there, or wait: another node takes"
                            + " the block over");
        }
        store.remove(Kind.IP_BLOCK, block.get().object().name(), block.get().version());
        return node;
    }
}
