package dev.kakehashi.agent.node;

import dev.kakehashi.cluster.IpBlock;
import dev.kakehashi.cluster.IpBlockSpec;
import dev.kakehashi.cluster.IpPool;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.Namespace;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.ipam.ClusterView;
import dev.kakehashi.cluster.store.Mirror;
import dev.kakehashi.cluster.store.Store;
import dev.kakehashi.cluster.store.StoreEvent;
import dev.kakehashi.cluster.store.Stored;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Pools and blocks as they are followed by watches, and whose the blocks are. Thread-safe. */
final class BlockView implements ClusterView, AutoCloseable {
    private final String self;
    private final Network network;
    private final Mirror<Node> nodes;
    private final Optional<Mirror<Namespace>> namespaces;
    private final Mirror<IpPool> pools;
    private final Mirror<IpBlock> blocks;
    private final Runnable changed;
    private final Runnable othersChanged;
    private final Map<String, IpBlockSpec> owners = new TreeMap<>();
    private Optional<List<IpBlockSpec>> snapshot = Optional.empty();
    private List<Stored<Namespace>> followedNamespaces = List.of();
    private List<Namespace> shownNamespaces = List.of();

    /**
     * Begins to follow.
     *
     * @param self the name of the node that looks
     * @param changed called when pools changed, blocks of this node changed hands, or any was
     *     removed, from threads of the store; not for what nodes report of their blocks, which
     *     changes all the time
     * @param othersChanged called when blocks changed hands among others, likewise
     * @param namespacesChanged called when namespaces changed, likewise
     */
    BlockView(
            Store store,
            String self,
            Network network,
            Mirror<Node> nodes,
            Runnable changed,
            Runnable othersChanged,
            Runnable namespacesChanged) {
        this.self = self;
        this.othersChanged = othersChanged;
        this.network = network;
        this.nodes = nodes;
        this.changed = changed;
        // First: pools whose namespaces are not known would be given to pods of others.
        this.namespaces =
                store.hasNamespaces()
                        ? Optional.of(
                                Mirror.start(store, Kind.NAMESPACE, _ -> namespacesChanged.run()))
                        : Optional.empty();
        this.pools = Mirror.start(store, Kind.IP_POOL, this::poolChanged);
        this.blocks =
                Mirror.start(store, Kind.blocks(block -> block.concerns(self)), this::blockChanged);
    }

    private void poolChanged(StoreEvent<IpPool> event) {
        if (event instanceof StoreEvent.Broken<IpPool>(var rejected)) {
            NodeAgent.logRejected(rejected);
        }
        changed.run();
    }

    private void blockChanged(StoreEvent<IpBlock> event) {
        switch (event) {
            case StoreEvent.Put<IpBlock>(var stored) -> {
                IpBlockSpec now = stored.object().spec();
                IpBlockSpec before = put(stored.object().name(), now);
                if (!now.equals(before)) {
                    boolean own = now.concerns(self) || (before != null && before.concerns(self));
                    (own ? changed : othersChanged).run();
                }
            }
            case StoreEvent.Removed<IpBlock>(var name) -> {
                remove(name);
                changed.run();
            }
            case StoreEvent.Broken<IpBlock>(var rejected) -> NodeAgent.logRejected(rejected);
            case StoreEvent.Lost<IpBlock> lost -> {}
        }
    }

    private synchronized @Nullable IpBlockSpec put(String name, IpBlockSpec spec) {
        snapshot = Optional.empty();
        return owners.put(name, spec);
    }

    private synchronized void remove(String name) {
        snapshot = Optional.empty();
        owners.remove(name);
    }

    /** Whether what it shows was the store's once. */
    boolean isListed() {
        return pools.isListed() && blocks.isListed() && nodes.isListed();
    }

    /** Whether pods are in namespaces that the store tells of. */
    boolean hasNamespaces() {
        return namespaces.isPresent();
    }

    /** Whose the blocks are; the same list as long as that is the same. */
    synchronized List<IpBlockSpec> owners() {
        List<IpBlockSpec> now = snapshot.orElseGet(() -> List.copyOf(owners.values()));
        snapshot = Optional.of(now);
        return now;
    }

    @Override
    public Optional<Network> network() {
        return Optional.of(network);
    }

    @Override
    public synchronized List<Namespace> namespaces() {
        List<Stored<Namespace>> now = namespaces.map(Mirror::objects).orElse(List.of());
        if (!now.equals(followedNamespaces)) {
            followedNamespaces = now;
            shownNamespaces = now.stream().map(Stored::object).toList();
        }
        return shownNamespaces;
    }

    @Override
    public List<IpPool> pools() {
        return pools.objects().stream().map(Stored::object).toList();
    }

    @Override
    public List<IpBlock> blocks() {
        return blocks.objects().stream().map(Stored::object).toList();
    }

    @Override
    public Optional<IpBlock> block(String name) {
        return blocks.find(name).map(Stored::object);
    }

    @Override
    public Optional<Node> node(String name) {
        return nodes.find(name).map(Stored::object);
    }

    @Override
    public void close() {
        namespaces.ifPresent(Mirror::close);
        pools.close();
        blocks.close();
    }
}
