package dev.kakehashi.agent.node;

import dev.kakehashi.cluster.Condition;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.NetworkOverlaps;
import dev.kakehashi.cluster.store.ConflictException;
import dev.kakehashi.cluster.store.Notice;
import dev.kakehashi.cluster.store.Store;
import dev.kakehashi.cluster.store.StoreException;
import dev.kakehashi.cluster.store.Stored;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What nodes say in Networks: whether each is accepted beside the others. All nodes find the same,
 * and one of them writes it: who is first in its turn, by compare-and-set, and tells people if it
 * is trouble. On one thread only.
 */
final class NetworkReports {
    private static final System.Logger LOG = System.getLogger(NodeAgent.class.getName());

    /** A store that does not take it, such as from an account that may not, is left alone. */
    private static final Duration REST = Duration.ofMinutes(1);

    private final Store store;
    private final String node;
    private final Turns turns;
    private Instant next = Instant.EPOCH;

    NetworkReports(Store store, String node) {
        this.store = store;
        this.node = node;
        this.turns = new Turns(node);
    }

    /**
     * Writes what is new.
     *
     * @param networks as the store has them
     * @param nodes how many there are
     */
    void tell(List<Stored<Network>> networks, int nodes, Instant now) {
        List<Network> all = networks.stream().map(Stored::object).toList();
        turns.retain(all.stream().map(Network::name).toList());
        for (Stored<Network> stored : networks) {
            Network network = stored.object();
            Condition accepted = NetworkOverlaps.accepted(network, all, now);
            List<Condition> conditions = accepted.replaceIn(network.conditions());
            if (conditions.equals(network.conditions()) || isTacit(network, accepted)) {
                turns.end(network.name());
            } else if (turns.isOwn(network.name(), nodes, now) && !now.isBefore(next)) {
                write(stored, network.withConditions(conditions), accepted);
            }
        }
    }

    private boolean isTacit(Network network, Condition accepted) {
        return !store.keepsStatusApart()
                && accepted.status().equals(Condition.TRUE)
                && network.condition(Network.ACCEPTED).isEmpty();
    }

    private void write(Stored<Network> old, Network said, Condition accepted) {
        try {
            store.replace(Kind.NETWORK, said, old.version());
            Optional<String> before =
                    old.object().condition(Network.ACCEPTED).map(Condition::message);
            if (accepted.status().equals(Condition.FALSE)
                    && !before.equals(Optional.of(accepted.message()))) {
                store.tell(
                        new Notice(
                                Kind.NETWORK,
                                said.name(),
                                node,
                                accepted.reason(),
                                accepted.message()));
            }
        } catch (ConflictException e) {
            // Another node or a person was faster: looked at again.
        } catch (StoreException e) {
            next = Instant.now().plus(REST);
            LOG.log(System.Logger.Level.DEBUG, "cannot report in Network " + said.name(), e);
        }
    }
}
