package dev.kakehashi.store.kubernetes;

import dev.kakehashi.cluster.ClusterObject;
import dev.kakehashi.cluster.InvalidObjectException;
import dev.kakehashi.cluster.Tree;
import dev.kakehashi.cluster.store.StoreEvent;
import dev.kakehashi.cluster.store.Watch;
import dev.kakehashi.cluster.yaml.JsonText;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.utils.Serialization;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * One watch. The client resumes it from the last version it has seen, bookmarks among them, until
 * the API server has forgotten that (HTTP 410).
 */
final class KubernetesWatch<T extends ClusterObject>
        implements Watch, Watcher<GenericKubernetesResource> {
    private static final System.Logger LOG = System.getLogger(KubernetesWatch.class.getName());

    private final KubernetesApi api;
    private final KubernetesKind<T> kind;
    private final Consumer<StoreEvent<T>> watcher;
    private final Executor tells;
    private final Consumer<Watch> whenOver;

    /** Held while the watcher is told, so that {@link #close} waits for a report under way. */
    private final Object telling = new Object();

    private volatile boolean closed;
    private volatile io.fabric8.kubernetes.client.@Nullable Watch stream;

    KubernetesWatch(
            KubernetesApi api,
            KubernetesKind<T> kind,
            Consumer<StoreEvent<T>> watcher,
            Executor tells,
            Consumer<Watch> whenOver) {
        this.api = api;
        this.kind = kind;
        this.watcher = watcher;
        this.tells = tells;
        this.whenOver = whenOver;
    }

    void follow(io.fabric8.kubernetes.client.Watch started) {
        stream = started;
        if (closed) {
            started.close();
        }
    }

    @Override
    public void eventReceived(Action action, GenericKubernetesResource resource) {
        api.heard();
        switch (action) {
            case ADDED, MODIFIED -> {
                try {
                    String json = Serialization.asJson(resource);
                    Tree tree =
                            JsonText.parse(
                                    kind.kind().plural() + "/" + resource.getMetadata().getName(),
                                    json.getBytes(StandardCharsets.UTF_8));
                    tell(kind.read(tree));
                } catch (InvalidObjectException e) {
                    tell(
                            new StoreEvent.Broken<>(
                                    new dev.kakehashi.cluster.store.Rejected(
                                            resource.getMetadata().getName(), e.problems())));
                }
            }
            case DELETED -> tell(new StoreEvent.Removed<>(resource.getMetadata().getName()));
            case BOOKMARK, ERROR -> {}
        }
    }

    @Override
    public void onClose(WatcherException cause) {
        if (closed) {
            return;
        }
        tell(
                new StoreEvent.Lost<>(
                        api
                                + " has ended the watch on "
                                + kind.kind().plural()
                                + ": "
                                + cause.getMessage()));
        whenOver.accept(this);
    }

    private void tell(StoreEvent<T> event) {
        try {
            tells.execute(() -> report(event));
        } catch (RejectedExecutionException e) {
            closed = true; // with the store
        }
    }

    private void report(StoreEvent<T> event) {
        synchronized (telling) {
            if (closed) {
                return;
            }
            try {
                watcher.accept(event);
            } catch (RuntimeException e) {
                // One watcher's defect must not stop the others.
                LOG.log(System.Logger.Level.ERROR, "a watcher failed on " + event, e);
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        whenOver.accept(this);
        io.fabric8.kubernetes.client.Watch last = stream;
        if (last != null) {
            last.close();
        }
        synchronized (telling) {
            // A report that was under way is over.
        }
    }
}
