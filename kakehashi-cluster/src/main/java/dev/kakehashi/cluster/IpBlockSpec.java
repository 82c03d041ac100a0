package dev.kakehashi.cluster;

import dev.kakehashi.linux.IpPrefix;

import java.net.InetAddress;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Whose a block is.
 *
 * @param cidr its addresses
 * @param pool name of its IPPool
 * @param network name of the Network
 * @param node the node that gives addresses of it
 * @param state how far its node is with it
 * @param generation counts the changes of this spec, from a random start: a block that was removed
 *     and made again is another one
 * @param reclaimer who waits until the node can no longer use it; empty unless reclaiming
 * @param givenUp addresses that the node will not give, for other nodes to borrow
 */
public record IpBlockSpec(
        IpPrefix cidr,
        String pool,
        String network,
        String node,
        State state,
        long generation,
        String reclaimer,
        List<GivenUp> givenUp) {
    /** How far a block's node is with it. */
    public enum State {
        /** Claimed, but the pool may be gone meanwhile: no address of it is given. */
        PENDING("Pending"),
        /** Its node gives addresses of it. */
        CONFIRMED("Confirmed"),
        /** Its node is gone, and its right to work without the store may not have run out yet. */
        RECLAIMING("Reclaiming");

        private final String text;

        State(String text) {
            this.text = text;
        }

        /** As it is written in YAML. */
        @Override
        public String toString() {
            return text;
        }
    }

    /**
     * An address that the block's node will not give.
     *
     * @param address the address
     * @param borrower the node that may give it; empty when none does
     * @param mark when the borrower is gone, the block's generation at which somebody began to wait
     *     until it can no longer use the address; 0 when nobody waits
     */
    public record GivenUp(InetAddress address, String borrower, long mark) {
        /** An address that no node gives. */
        public static GivenUp of(InetAddress address) {
            return new GivenUp(address, "", 0);
        }

        /** Whether some node may give it. */
        public boolean isBorrowed() {
            return !borrower.isEmpty();
        }

        /** The same address, given by another node, or by none; nobody waits. */
        public GivenUp borrowedBy(String node) {
            return new GivenUp(address, node, 0);
        }

        /** With the mark of who waits until its borrower can no longer use it. */
        public GivenUp marked(long generation) {
            return new GivenUp(address, borrower, generation);
        }
    }

    /** Copies the list. */
    public IpBlockSpec {
        givenUp = List.copyOf(givenUp);
    }

    /** Whether a node holds it or has borrowed of it. */
    public boolean concerns(String other) {
        return node.equals(other) || givenUp.stream().anyMatch(one -> one.borrower().equals(other));
    }

    /** The next generation in another state. */
    public IpBlockSpec withState(State other, String by) {
        return new IpBlockSpec(cidr, pool, network, node, other, generation + 1, by, givenUp);
    }

    /** The next generation with one of the addresses given up changed. */
    public IpBlockSpec changeGivenUp(InetAddress address, UnaryOperator<GivenUp> change) {
        return withGivenUp(
                givenUp.stream()
                        .map(one -> one.address().equals(address) ? change.apply(one) : one)
                        .toList());
    }

    /** The next generation with other addresses given up. */
    public IpBlockSpec withGivenUp(List<GivenUp> other) {
        return new IpBlockSpec(cidr, pool, network, node, state, generation + 1, reclaimer, other);
    }

    /** The next generation as another node's, which keeps what others than it have borrowed. */
    public IpBlockSpec takenOver(String by) {
        List<GivenUp> lent =
                givenUp.stream()
                        .filter(one -> one.isBorrowed() && !one.borrower().equals(by))
                        .toList();
        return new IpBlockSpec(cidr, pool, network, by, State.CONFIRMED, generation + 1, "", lent);
    }
}
