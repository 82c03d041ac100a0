package dev.kakehashi.cluster.ipam;

import dev.kakehashi.cluster.ClusterObject;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.store.Listing;
import dev.kakehashi.cluster.store.Store;
import dev.kakehashi.cluster.store.StoreException;
import dev.kakehashi.cluster.store.Stored;
import dev.kakehashi.cluster.store.Version;

import java.util.Optional;

/**
 * The way from one node to the store: requests are late, lost on the way there or back, or carried
 * out long after the node has given up waiting.
 */
final class SimStore implements UnwatchedStore {
    private interface Request<R> {
        R send() throws StoreException;
    }

    private final SimNode node;
    private final Store store;

    SimStore(SimNode node, Store store) {
        this.node = node;
        this.store = store;
    }

    private <R> R ask(boolean changes, Request<R> request) throws StoreException {
        SimWorld world = node.world();
        world.point(node);
        if (node.isCutOff()) {
            throw new StoreException("cut off");
        }
        if (world.chance(3)) {
            throw new StoreException("lost on the way there");
        }
        if (changes && world.chance(2)) {
            world.later(() -> {
                try {
                    request.send();
                } catch (StoreException e) {
                    // nobody hears of it
                }
            });
            throw new StoreException("late");
        }
        R answer = request.send();
        world.invariants().checkStore();
        world.point(node);
        if (world.chance(2)) {
            throw new StoreException("lost on the way back");
        }
        return answer;
    }

    @Override
    public <T extends ClusterObject> Listing<T> list(Kind<T> kind) throws StoreException {
        return ask(false, () -> store.list(kind));
    }

    @Override
    public <T extends ClusterObject> Optional<Stored<T>> find(Kind<T> kind, String name)
            throws StoreException {
        return ask(false, () -> store.find(kind, name));
    }

    @Override
    public <T extends ClusterObject> Stored<T> create(Kind<T> kind, T object)
            throws StoreException {
        return ask(true, () -> store.create(kind, object));
    }

    @Override
    public <T extends ClusterObject> Stored<T> replace(Kind<T> kind, T object, Version expected)
            throws StoreException {
        return ask(true, () -> store.replace(kind, object, expected));
    }

    @Override
    public <T extends ClusterObject> void remove(Kind<T> kind, String name, Version expected)
            throws StoreException {
        ask(
                true,
                () -> {
                    store.remove(kind, name, expected);
                    return "";
                });
    }
}
