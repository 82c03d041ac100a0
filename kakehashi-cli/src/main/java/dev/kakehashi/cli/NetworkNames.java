package dev.kakehashi.cli;

import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.flannel.FlannelNodes;
import dev.kakehashi.cluster.migration.NetworkMigration;
import dev.kakehashi.cluster.store.Store;
import dev.kakehashi.cluster.store.StoreException;
import dev.kakehashi.cluster.store.Stored;

import java.io.IOException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** Networks of a store by their names. */
final class NetworkNames {
    private NetworkNames() {}

    /**
     * A Network as it is now.
     *
     * @throws IOException when there is none, with those there are
     */
    static Stored<Network> find(Store store, String name) throws IOException {
        var found = store.find(Kind.NETWORK, name);
        if (found.isPresent()) {
            return found.get();
        }
        String others =
                store.list(Kind.NETWORK).objects().stream()
                        .map(stored -> stored.object().name())
                        .collect(Collectors.joining(", "));
        throw new IOException(
                "there is no Network '"
                        + name
                        + "' in the store; "
                        + (others.isEmpty() ? "it has none" : "it has " + others));
    }

    /** How far a network is, as it is wanted now. */
    static NetworkMigration migration(Network network, Collection<Node> nodes) {
        return NetworkMigration.of(FlannelNodes.at(network, nodes, Instant.now()), nodes);
    }

    /** All Nodes that can be read. */
    static List<Node> nodes(Store store) throws StoreException {
        return store.list(Kind.NODE).objects().stream().map(Stored::object).toList();
    }
}
