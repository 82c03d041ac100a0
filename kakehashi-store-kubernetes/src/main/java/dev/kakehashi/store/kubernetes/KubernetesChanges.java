package dev.kakehashi.store.kubernetes;

import dev.kakehashi.cluster.ClusterObject;
import dev.kakehashi.cluster.store.ConflictException;
import dev.kakehashi.cluster.store.StoreException;
import dev.kakehashi.cluster.store.Stored;
import dev.kakehashi.cluster.store.Version;
import dev.kakehashi.cluster.yaml.JsonText;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Changes the objects of one kind by server-side apply (Kubernetes: "Server-Side Apply"), each
 * change of one version only.
 *
 * <p>Applied is what we own already, with the change, so that what others own is neither sent nor
 * touched, and what we no longer want goes. Where we change what another manager owns, it becomes
 * ours: whoever asked saw the version that is changed. What is not ours alone cannot be taken away
 * by applying less: such a change is sent as a merge patch (RFC 7396), in one request all the same,
 * because others must never see half of it.
 */
final class KubernetesChanges<T extends ClusterObject> {
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final String JSON = "application/json";
    private static final String APPLY_PATCH = "application/apply-patch+yaml"; // JSON is YAML
    private static final String JSON_PATCH = "application/json-patch+json";
    private static final String MERGE_PATCH = "application/merge-patch+json";
    private static final String STATUS = "status";

    /** Metadata that the API server writes itself. */
    private static final List<String> NOT_OURS =
            List.of("name", "resourceVersion", "uid", "generation", "creationTimestamp");

    private final KubernetesObjects<T> objects;
    private final KubernetesApi api;
    private final KubernetesKind<T> kind;
    private final RecentManagedFields recent;
    private final String manager;

    /** Changes told under the name of {@code manager}. */
    KubernetesChanges(KubernetesObjects<T> objects, RecentManagedFields recent, String manager) {
        this.objects = objects;
        this.api = objects.api();
        this.kind = objects.kind();
        this.recent = recent;
        this.manager = manager;
    }

    /** Applying would not say whether there was one of this name. */
    Stored<T> create(T object) throws StoreException {
        String name = object.name();
        String what = "create " + objects.describe(name);
        Map<String, @Nullable Object> fields =
                new LinkedHashMap<>(kind.kind().encode(object).fields());
        Map<String, Object> metadata = new LinkedHashMap<>(FieldSet.map(fields.get("metadata")));
        // Of the object that it was made from, if any.
        NOT_OURS.forEach(metadata::remove);
        metadata.put("name", name);
        fields.put("metadata", metadata);
        KubernetesApi.Reply reply =
                api.send(what, "POST", kind.path() + by(""), JSON, JsonText.write(fields));
        if (reply.status() == CONFLICT) {
            throw new ConflictException(objects.describe(name) + " exists already");
        }
        Stored<T> created = objects.stored(what, name, reply);
        if (!kind.hasStatus() || FieldSet.map(fields.get(STATUS)).isEmpty()) {
            return created;
        }
        // The API server takes no status with the rest of a custom resource.
        Map<String, Object> status = Map.of(STATUS, FieldSet.map(fields.get(STATUS)));
        return change(name, created.version(), Map.of(), status, STATUS);
    }

    /** Writes what differs from the object as it was read. */
    Stored<T> replace(T object, Version expected) throws StoreException {
        Map<String, Object> before = object.origin().fields();
        Map<String, Object> after = kind.kind().encode(object).fields();
        String name = object.name();
        if (!kind.hasStatus()) {
            return change(name, expected, before, after, "");
        }
        Map<String, Object> oldStatus = only(STATUS, before);
        Map<String, Object> status = only(STATUS, after);
        boolean saysMore = !MergePatch.of(oldStatus, status).isEmpty();
        before = without(STATUS, before);
        after = without(STATUS, after);
        if (!saysMore) {
            return change(name, expected, before, after, "");
        }
        if (MergePatch.of(before, after).isEmpty()) {
            return change(name, expected, oldStatus, status, STATUS);
        }
        return changeStatus(change(name, expected, before, after, ""), oldStatus, status);
    }

    private static Map<String, Object> only(String name, Map<String, Object> fields) {
        Object value = fields.get(name);
        return value == null ? Map.of() : Map.of(name, value);
    }

    private static Map<String, Object> without(String name, Map<String, Object> fields) {
        Map<String, Object> rest = new LinkedHashMap<>(fields);
        rest.remove(name);
        return rest;
    }

    /**
     * The second half of a change whose first is done: tried again while others change what is not
     * the status.
     */
    private Stored<T> changeStatus(
            Stored<T> written, Map<String, Object> before, Map<String, Object> after)
            throws StoreException {
        String name = written.object().name();
        Object found = written.object().origin().fields().get(STATUS) + "";
        Stored<T> current = written;
        while (true) {
            try {
                return change(name, current.version(), before, after, STATUS);
            } catch (ConflictException e) {
                Optional<Stored<T>> now = objects.find(name);
                if (now.isEmpty()
                        || !found.equals(now.get().object().origin().fields().get(STATUS) + "")) {
                    throw e;
                }
                current = now.get();
            }
        }
    }

    /** Changes the status, or the rest, of an object in one version. */
    private Stored<T> change(
            String name,
            Version expected,
            Map<String, Object> before,
            Map<String, Object> after,
            String part)
            throws StoreException {
        ManagedFields.Writing writing =
                new ManagedFields.Writing(manager, kind.kind().apiVersion(), part);
        ManagedFields managed = managed(name, expected);
        if (kind.isWhollyWritten(part)) {
            managed = upgrade(name, managed);
        }
        Optional<Map<String, Object>> configuration =
                ApplyConfiguration.of(
                        before, after, managed.applied(writing), managed.others(writing));
        return configuration.isPresent()
                ? apply(name, managed, configuration.get(), part)
                : patch(name, managed, MergePatch.of(before, after), part);
    }

    private ManagedFields managed(String name, Version expected) throws StoreException {
        Optional<ManagedFields> known = recent.of(kind.path(name), expected.value());
        if (known.isPresent()) {
            return known.get();
        }
        return objects.managedFields(name)
                .orElseThrow(() -> gone(name))
                .in(expected.value())
                .orElseThrow(() -> changed(name, expected.value()));
    }

    private Stored<T> apply(
            String name, ManagedFields managed, Map<String, Object> configuration, String part)
            throws StoreException {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("apiVersion", kind.kind().apiVersion());
        body.put("kind", kind.kind().singular());
        body.putAll(configuration);
        Map<String, Object> metadata =
                new LinkedHashMap<>(FieldSet.map(configuration.get("metadata")));
        NOT_OURS.forEach(metadata::remove);
        metadata.put("name", name);
        metadata.put("resourceVersion", managed.version());
        // Without it an object that is gone would be made again.
        metadata.put("uid", managed.uid());
        body.put("metadata", metadata);
        return send(name, managed, part, "&force=true", APPLY_PATCH, JsonText.write(body));
    }

    private Stored<T> patch(
            String name, ManagedFields managed, Map<String, @Nullable Object> patch, String part)
            throws StoreException {
        Map<String, @Nullable Object> metadata =
                new LinkedHashMap<>(FieldSet.map(patch.get("metadata")));
        // Makes the API server refuse when it has another version by now.
        metadata.put("resourceVersion", managed.version());
        Map<String, @Nullable Object> body = new LinkedHashMap<>(patch);
        body.put("metadata", metadata);
        return send(name, managed, part, "", MERGE_PATCH, JsonText.write(body));
    }

    /**
     * Takes for applied what we wrote otherwise; once for an object. By the object itself: with a
     * subresource the API server ignores what is said of managed fields.
     */
    private ManagedFields upgrade(String name, ManagedFields managed) throws StoreException {
        String version = kind.kind().apiVersion();
        ManagedFields wanted =
                managed.upgraded(new ManagedFields.Writing(manager, version, ""))
                        .upgraded(new ManagedFields.Writing(manager, version, STATUS));
        if (wanted.equals(managed)) {
            return managed;
        }
        String patch =
                "["
                        + replacing("managedFields", wanted.entries())
                        + ","
                        + replacing("resourceVersion", managed.version())
                        + "]";
        byte[] body = patch.getBytes(StandardCharsets.UTF_8);
        Stored<T> upgraded = send(name, managed, "", "", JSON_PATCH, body);
        return managed(name, upgraded.version());
    }

    /** An operation of a JSON patch (RFC 6902). */
    private static String replacing(String field, Object value) {
        Map<String, Object> operation = new LinkedHashMap<>();
        operation.put("op", "replace");
        operation.put("path", "/metadata/" + field);
        operation.put("value", value);
        return new String(JsonText.write(operation), StandardCharsets.UTF_8);
    }

    private Stored<T> send(
            String name,
            ManagedFields managed,
            String part,
            String options,
            String type,
            byte[] body)
            throws StoreException {
        String what = "change " + objects.describe(name);
        String path = kind.path(name) + (part.isEmpty() ? "" : "/" + part) + by(options);
        KubernetesApi.Reply reply = api.send(what, "PATCH", path, type, body);
        throwIfConflict(name, managed.version(), reply);
        return objects.stored(what, name, reply);
    }

    private String by(String options) {
        return "?fieldManager=" + manager + options;
    }

    void remove(String name, Version expected) throws StoreException {
        String what = "remove " + objects.describe(name);
        Map<String, @Nullable Object> options = new LinkedHashMap<>();
        options.put("kind", "DeleteOptions");
        options.put("apiVersion", "v1");
        options.put("preconditions", Map.of("resourceVersion", expected.value()));
        KubernetesApi.Reply reply =
                api.send(what, "DELETE", kind.path(name), JSON, JsonText.write(options));
        throwIfConflict(name, expected.value(), reply);
        byte[] _ = objects.success(what, reply);
        recent.remove(kind.path(name));
    }

    private void throwIfConflict(String name, String expected, KubernetesApi.Reply reply)
            throws ConflictException {
        if (reply.status() == NOT_FOUND) {
            throw gone(name);
        }
        // A version that never was one is no number, which the API server calls a bad request.
        if (reply.status() == CONFLICT || !isVersion(expected)) {
            throw changed(name, expected);
        }
    }

    private ConflictException gone(String name) {
        return new ConflictException(objects.describe(name) + " is gone");
    }

    private ConflictException changed(String name, String expected) {
        return new ConflictException(
                objects.describe(name) + " has another version than " + expected + " by now");
    }

    private static boolean isVersion(String version) {
        return !version.isEmpty() && version.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
