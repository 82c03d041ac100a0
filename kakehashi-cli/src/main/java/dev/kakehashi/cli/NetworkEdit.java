package dev.kakehashi.cli;

import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.store.ConflictException;
import dev.kakehashi.cluster.store.Store;
import dev.kakehashi.cluster.store.StoreException;
import dev.kakehashi.cluster.store.Stored;

import java.io.IOException;
import java.util.List;

/** Makes a Network of another, having looked at the Nodes; the same one changes nothing. */
@FunctionalInterface
interface NetworkEdit {
    /** How often it is done anew when others are faster. */
    int ATTEMPTS = 20;

    /**
     * What the Network is to be.
     *
     * @throws IOException when it must not be changed so, with the reason
     */
    Network of(Network network, List<Node> nodes) throws IOException;

    /** A Network before and after. */
    record Done(Network before, Network after) {}

    /**
     * Changes a Network of a store. What was judged is what is written: when somebody else was
     * faster, both are done anew.
     *
     * @throws IOException when there is no such Network, or it must not or cannot be changed
     */
    default Done in(Store store, String name) throws IOException {
        for (int attempt = 1; ; attempt++) {
            Stored<Network> found = NetworkNames.find(store, name);
            Network before = found.object();
            Network wanted = of(before, NetworkNames.nodes(store));
            if (wanted.equals(before)) {
                return new Done(before, before);
            }
            try {
                Stored<Network> stored = store.replace(Kind.NETWORK, wanted, found.version());
                return new Done(before, stored.object());
            } catch (ConflictException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            } catch (StoreException e) {
                throw new IOException("network " + name + " is not changed: " + e.getMessage(), e);
            }
        }
    }
}
