package dev.kakehashi.store.kubernetes;

import dev.kakehashi.cluster.ClusterObject;
import dev.kakehashi.cluster.InvalidObjectException;
import dev.kakehashi.cluster.Tree;
import dev.kakehashi.cluster.store.Listing;
import dev.kakehashi.cluster.store.Rejected;
import dev.kakehashi.cluster.store.Revision;
import dev.kakehashi.cluster.store.StoreEvent;
import dev.kakehashi.cluster.store.StoreException;
import dev.kakehashi.cluster.store.Stored;
import dev.kakehashi.cluster.yaml.JsonText;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the objects of one kind (Kubernetes: "API Concepts"). */
final class KubernetesObjects<T extends ClusterObject> {
    private static final int NOT_FOUND = 404;
    private static final int GONE = 410;
    private static final int MAX_RELISTS = 3;

    private final KubernetesApi api;
    private final KubernetesKind<T> kind;
    private final RecentManagedFields recent;

    KubernetesObjects(KubernetesApi api, KubernetesKind<T> kind, RecentManagedFields recent) {
        this.api = api;
        this.kind = kind;
        this.recent = recent;
    }

    KubernetesApi api() {
        return api;
    }

    KubernetesKind<T> kind() {
        return kind;
    }

    /** In pages of one revision; begins again when that is forgotten before the last page. */
    Listing<T> list() throws StoreException {
        for (int attempt = 1; ; attempt++) {
            Optional<Listing<T>> listing = listOnce();
            if (listing.isPresent()) {
                return listing.get();
            }
            if (attempt == MAX_RELISTS) {
                throw new StoreException(
                        api + ": forgets the pages of " + kind.kind().plural() + " too soon");
            }
        }
    }

    private Optional<Listing<T>> listOnce() throws StoreException {
        String what = "list " + kind.kind().plural();
        List<Stored<T>> objects = new ArrayList<>();
        List<Rejected> rejected = new ArrayList<>();
        String next = "";
        while (true) {
            String query =
                    "?limit="
                            + kind.kind().page()
                            + (next.isEmpty()
                                    ? ""
                                    : "&continue="
                                            + URLEncoder.encode(next, StandardCharsets.UTF_8));
            KubernetesApi.Reply reply = api.get(what, kind.path() + query);
            if (reply.status() == GONE) {
                return Optional.empty();
            }
            Tree page = tree(what, success(what, reply));
            if (page.fields().get("items") instanceof List<?> items) {
                for (Object item : items) {
                    add(new Tree(FieldSet.map(item)), objects, rejected);
                }
            }
            next = KubernetesKind.field(page, "continue");
            if (next.isEmpty()) {
                Revision revision = new Revision(KubernetesKind.field(page, "resourceVersion"));
                return Optional.of(new Listing<>(objects, rejected, revision));
            }
        }
    }

    private void add(Tree item, List<Stored<T>> objects, List<Rejected> rejected) {
        switch (kind.read(item)) {
            case StoreEvent.Put<T>(var stored) -> objects.add(stored);
            case StoreEvent.Broken<T>(var broken) -> rejected.add(broken);
            case StoreEvent.Removed<T> _, StoreEvent.Lost<T> _ -> {}
        }
    }

    Optional<Stored<T>> find(String name) throws StoreException {
        String what = "read " + describe(name);
        KubernetesApi.Reply reply = api.get(what, kind.path(name));
        return reply.status() == NOT_FOUND
                ? Optional.empty()
                : Optional.of(stored(what, name, reply));
    }

    /** Who owns what of an object as it is now, whatever it is like; empty when there is none. */
    Optional<ManagedFields> managedFields(String name) throws StoreException {
        String what = "read " + describe(name);
        KubernetesApi.Reply reply = api.get(what, kind.path(name));
        return reply.status() == NOT_FOUND
                ? Optional.empty()
                : Optional.of(ManagedFields.of(tree(what, success(what, reply))));
    }

    /** What an answer says of an object. */
    Stored<T> stored(String what, String name, KubernetesApi.Reply reply) throws StoreException {
        Tree tree = tree(what, success(what, reply));
        recent.put(kind.path(name), ManagedFields.of(tree));
        try {
            return kind.decode(name, tree);
        } catch (InvalidObjectException e) {
            throw new StoreException(e.getMessage(), e);
        }
    }

    /** The body of an answer. */
    byte[] success(String what, KubernetesApi.Reply reply) throws StoreException {
        if (!reply.isSuccess()) {
            throw api.refused(what, reply);
        }
        return reply.body().getBytes(StandardCharsets.UTF_8);
    }

    private Tree tree(String what, byte[] json) throws StoreException {
        try {
            return JsonText.parseAnyLength(kind.kind().plural(), json);
        } catch (InvalidObjectException e) {
            throw new StoreException(api + ": cannot " + what + ": " + e.getMessage(), e);
        }
    }

    String describe(String name) {
        return kind.kind().singular() + " " + name;
    }
}
