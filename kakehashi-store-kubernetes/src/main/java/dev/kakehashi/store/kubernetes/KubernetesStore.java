package dev.kakehashi.store.kubernetes;

import dev.kakehashi.cluster.ClusterObject;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.store.HeldLease;
import dev.kakehashi.cluster.store.Listing;
import dev.kakehashi.cluster.store.Notice;
import dev.kakehashi.cluster.store.ObjectValue;
import dev.kakehashi.cluster.store.RecordLeases;
import dev.kakehashi.cluster.store.Revision;
import dev.kakehashi.cluster.store.RevisionGoneException;
import dev.kakehashi.cluster.store.Store;
import dev.kakehashi.cluster.store.StoreEvent;
import dev.kakehashi.cluster.store.StoreException;
import dev.kakehashi.cluster.store.StoreStatus;
import dev.kakehashi.cluster.store.Stored;
import dev.kakehashi.cluster.store.Version;
import dev.kakehashi.cluster.store.Watch;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.Resource;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/**
 * A store in a Kubernetes API server. Versions and revisions are its {@code resourceVersion}s.
 * Changes are applied by the server ({@link KubernetesChanges}), naming the version which they
 * change, the status apart from the rest; so an object may be kept without those parts that are
 * none of ours.
 */
final class KubernetesStore implements Store {
    private final KubernetesOptions options;
    private final KubernetesApi api;
    private final String manager;
    private final RecentManagedFields recent = new RecentManagedFields();
    private final RecordLeases leases;
    private final KubernetesEvents events;
    private final Set<Watch> watches = ConcurrentHashMap.newKeySet();

    /** Tells watchers, one event at a time. */
    private final ExecutorService tells;

    private KubernetesStore(KubernetesOptions options, String manager) {
        this.options = options;
        this.manager = manager;
        this.api = KubernetesApi.open(options);
        this.leases = new RecordLeases(this);
        this.events = new KubernetesEvents(api);
        this.tells =
                Executors.newSingleThreadExecutor(
                        Thread.ofPlatform().daemon().name("kubernetes watches").factory());
    }

    static KubernetesStore open(KubernetesOptions options, String manager) {
        return new KubernetesStore(options, manager);
    }

    @Override
    public <T extends ClusterObject> Listing<T> list(Kind<T> kind) throws StoreException {
        return objects(kind).list();
    }

    @Override
    public <T extends ClusterObject> Optional<Stored<T>> find(Kind<T> kind, String name)
            throws StoreException {
        ObjectValue.checkName(kind, name);
        return objects(kind).find(name);
    }

    @Override
    public <T extends ClusterObject> Stored<T> create(Kind<T> kind, T object)
            throws StoreException {
        ObjectValue.checkName(kind, object.name());
        return changes(kind).create(object);
    }

    @Override
    public <T extends ClusterObject> Stored<T> replace(Kind<T> kind, T object, Version expected)
            throws StoreException {
        ObjectValue.checkName(kind, object.name());
        return changes(kind).replace(object, expected);
    }

    @Override
    public <T extends ClusterObject> void remove(Kind<T> kind, String name, Version expected)
            throws StoreException {
        ObjectValue.checkName(kind, name);
        changes(kind).remove(name, expected);
    }

    @Override
    public <T extends ClusterObject> Watch watch(
            Kind<T> kind, Revision from, Consumer<StoreEvent<T>> watcher) throws StoreException {
        if (from.value().isEmpty() || !from.value().chars().allMatch(Character::isDigit)) {
            throw new RevisionGoneException("'" + from + "' is no resource version: list again");
        }
        KubernetesKind<T> known = KubernetesKind.of(kind, options.namespace());
        KubernetesWatch<T> watch =
                new KubernetesWatch<>(api, known, watcher, tells, watches::remove);
        watches.add(watch);
        ListOptions since =
                new ListOptionsBuilder()
                        .withResourceVersion(from.value())
                        .withAllowWatchBookmarks(true)
                        .build();
        MixedOperation<
                        GenericKubernetesResource,
                        GenericKubernetesResourceList,
                        Resource<GenericKubernetesResource>>
                all = api.client().genericKubernetesResources(known.context());
        try {
            watch.follow(
                    known.namespace().isEmpty()
                            ? all.watch(since, watch)
                            : all.inNamespace(known.namespace()).watch(since, watch));
        } catch (KubernetesClientException e) {
            watches.remove(watch);
            throw api.failed("watch " + kind.plural(), String.valueOf(e.getMessage()), e);
        }
        return watch;
    }

    @Override
    public Optional<HeldLease> tryHold(String name, String holder, Duration duration, Runnable lost)
            throws StoreException {
        return leases.tryHold(name, holder, duration, lost);
    }

    /** The kubelet and the controller manager make Nodes. */
    @Override
    public boolean assignsSubnets() {
        return true;
    }

    @Override
    public boolean hasNamespaces() {
        return true;
    }

    @Override
    public boolean keepsIpamType() {
        return true;
    }

    @Override
    public boolean keepsStatusApart() {
        return true;
    }

    @Override
    public void tell(Notice notice) throws StoreException {
        events.tell(notice, KubernetesKind.of(notice.kind(), options.namespace()));
    }

    @Override
    public StoreStatus status() {
        return api.status();
    }

    private <T extends ClusterObject> KubernetesObjects<T> objects(Kind<T> kind) {
        return new KubernetesObjects<>(api, KubernetesKind.of(kind, options.namespace()), recent);
    }

    private <T extends ClusterObject> KubernetesChanges<T> changes(Kind<T> kind) {
        return new KubernetesChanges<>(objects(kind), recent, manager);
    }

    @Override
    public void close() {
        leases.close();
        List.copyOf(watches).forEach(Watch::close);
        tells.shutdown();
        api.close();
    }

    @Override
    public String toString() {
        return api.toString();
    }
}
