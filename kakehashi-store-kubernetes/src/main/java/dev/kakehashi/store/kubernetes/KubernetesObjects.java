package dev.kakehashi.store.kubernetes;

import dev.kakehashi.cluster.ClusterObject;
import dev.kakehashi.cluster.InvalidObjectException;
import dev.kakehashi.cluster.Tree;
import dev.kakehashi.cluster.store.ConflictException;
import dev.kakehashi.cluster.store.Listing;
import dev.kakehashi.cluster.store.Rejected;
import dev.kakehashi.cluster.store.Revision;
import dev.kakehashi.cluster.store.StoreEvent;
import dev.kakehashi.cluster.store.StoreException;
import dev.kakehashi.cluster.store.Stored;
import dev.kakehashi.cluster.store.Version;
import dev.kakehashi.cluster.yaml.JsonText;

import org.jspecify.annotations.Nullable;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads and changes the objects of one kind (Kubernetes: "API Concepts"). */
final class KubernetesObjects<T extends ClusterObject> {
    private static final int PAGE = 500;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int GONE = 410;
    private static final int MAX_RELISTS = 3;
    private static final String JSON = "application/json";
    private static final String MERGE_PATCH = "application/merge-patch+json";
    private static final String MANAGER = "?fieldManager=kakehashi";

    private final KubernetesApi api;
    private final KubernetesKind<T> kind;

    KubernetesObjects(KubernetesApi api, KubernetesKind<T> kind) {
        this.api = api;
        this.kind = kind;
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
                            + PAGE
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
                    add(new Tree(asFields(item)), objects, rejected);
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

    Stored<T> create(T object) throws StoreException {
        String name = object.name();
        String what = "create " + describe(name);
        Map<String, @Nullable Object> fields =
                new LinkedHashMap<>(kind.kind().encode(object).fields());
        Map<Object, Object> metadata = new LinkedHashMap<>(section(fields, "metadata"));
        // Of the object that it was made from, if any.
        List.of("resourceVersion", "uid", "generation", "creationTimestamp")
                .forEach(metadata::remove);
        fields.put("metadata", metadata);
        KubernetesApi.Reply reply =
                api.send(what, "POST", kind.path() + MANAGER, JSON, json(fields));
        if (reply.status() == CONFLICT) {
            throw new ConflictException(describe(name) + " exists already");
        }
        Stored<T> created = stored(what, name, reply);
        if (!kind.hasStatus() || section(fields, "status").isEmpty()) {
            return created;
        }
        // The API server takes no status with the rest of a custom resource.
        Map<String, @Nullable Object> status = new LinkedHashMap<>();
        status.put("status", fields.get("status"));
        return patch(name, kind.path(name) + "/status", status, created.version());
    }

    /** Sends what differs from the object as it was read. */
    Stored<T> replace(T object, Version expected) throws StoreException {
        String name = object.name();
        Map<String, @Nullable Object> difference =
                MergePatch.of(object.origin().fields(), kind.kind().encode(object).fields());
        Map<String, @Nullable Object> status = new LinkedHashMap<>();
        if (kind.hasStatus() && difference.containsKey("status")) {
            status.put("status", difference.remove("status"));
        }
        if (status.isEmpty()) {
            return patch(name, kind.path(name), difference, expected);
        }
        if (difference.isEmpty()) {
            return patch(name, kind.path(name) + "/status", status, expected);
        }
        return patchStatus(patch(name, kind.path(name), difference, expected), status);
    }

    /**
     * The second half of a change whose first is done: tried again while others change what is not
     * the status.
     */
    private Stored<T> patchStatus(Stored<T> written, Map<String, @Nullable Object> status)
            throws StoreException {
        String name = written.object().name();
        Object before = String.valueOf(written.object().origin().fields().get("status"));
        Stored<T> current = written;
        while (true) {
            try {
                return patch(name, kind.path(name) + "/status", status, current.version());
            } catch (ConflictException e) {
                Optional<Stored<T>> now = find(name);
                if (now.isEmpty()
                        || !before.equals(
                                String.valueOf(
                                        now.get().object().origin().fields().get("status")))) {
                    throw e;
                }
                current = now.get();
            }
        }
    }

    private Stored<T> patch(
            String name, String path, Map<String, @Nullable Object> patch, Version expected)
            throws StoreException {
        String what = "change " + describe(name);
        Map<Object, @Nullable Object> metadata = new LinkedHashMap<>(section(patch, "metadata"));
        // Makes the API server refuse when it has another version by now.
        metadata.put("resourceVersion", expected.value());
        Map<String, @Nullable Object> body = new LinkedHashMap<>(patch);
        body.put("metadata", metadata);
        KubernetesApi.Reply reply =
                api.send(what, "PATCH", path + MANAGER, MERGE_PATCH, json(body));
        throwIfConflict(name, expected, reply);
        return stored(what, name, reply);
    }

    void remove(String name, Version expected) throws StoreException {
        String what = "remove " + describe(name);
        Map<String, @Nullable Object> options = new LinkedHashMap<>();
        options.put("kind", "DeleteOptions");
        options.put("apiVersion", "v1");
        options.put("preconditions", Map.of("resourceVersion", expected.value()));
        KubernetesApi.Reply reply = api.send(what, "DELETE", kind.path(name), JSON, json(options));
        throwIfConflict(name, expected, reply);
        byte[] _ = success(what, reply);
    }

    private void throwIfConflict(String name, Version expected, KubernetesApi.Reply reply)
            throws ConflictException {
        if (reply.status() == NOT_FOUND) {
            throw new ConflictException(describe(name) + " is gone");
        }
        // A version that never was one is no number, which the API server calls a bad request.
        if (reply.status() == CONFLICT || !isVersion(expected)) {
            throw new ConflictException(
                    describe(name) + " has another version than " + expected + " by now");
        }
    }

    private static boolean isVersion(Version version) {
        return !version.value().isEmpty()
                && version.value().chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private Stored<T> stored(String what, String name, KubernetesApi.Reply reply)
            throws StoreException {
        try {
            return kind.decode(name, tree(what, success(what, reply)));
        } catch (InvalidObjectException e) {
            throw new StoreException(e.getMessage(), e);
        }
    }

    private byte[] success(String what, KubernetesApi.Reply reply) throws StoreException {
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

    private String describe(String name) {
        return kind.kind().singular() + " " + name;
    }

    private static byte[] json(Map<String, ? extends @Nullable Object> fields) {
        return JsonText.write(fields);
    }

    private static Map<?, ?> section(Map<String, ? extends @Nullable Object> fields, String name) {
        return fields.get(name) instanceof Map<?, ?> map ? map : Map.of();
    }

    @SuppressWarnings("unchecked") // trees hold string keys only (Tree)
    private static Map<String, Object> asFields(Object map) {
        return map instanceof Map<?, ?> ? (Map<String, Object>) map : Map.of();
    }
}
