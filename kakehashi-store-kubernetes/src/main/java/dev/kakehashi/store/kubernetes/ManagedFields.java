package dev.kakehashi.store.kubernetes;

import dev.kakehashi.cluster.Tree;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who owns which fields of an object ({@code metadata.managedFields}; Kubernetes: "Server-Side
 * Apply").
 *
 * @param version of the object, and {@code uid}: what distinguishes it from a later one of its name
 * @param entries one for each manager, operation, API version and subresource
 */
record ManagedFields(String version, String uid, List<Map<String, Object>> entries) {
    private static final String APPLY = "Apply";
    private static final String UPDATE = "Update";

    /**
     * The field of a Node's status that is never applied: the key of its elements is not unique
     * (core/v1, {@code NodeStatus.addresses}: "callers should instead use a full-replacement
     * patch").
     */
    static final String ADDRESSES = "addresses";

    /** Those of an object as the API server gave it. */
    static ManagedFields of(Tree object) {
        List<Map<String, Object>> entries = new ArrayList<>();
        if (FieldSet.map(object.fields().get("metadata")).get("managedFields")
                instanceof List<?> list) {
            list.forEach(entry -> entries.add(FieldSet.map(entry)));
        }
        return new ManagedFields(
                KubernetesKind.field(object, "resourceVersion"),
                KubernetesKind.field(object, "uid"),
                List.copyOf(entries));
    }

    /** The same if they are those of a version. */
    Optional<ManagedFields> in(String wanted) {
        return version.equals(wanted) ? Optional.of(this) : Optional.empty();
    }

    /** What a manager has applied of a part. */
    FieldSet applied(Writing writing) {
        return fields(entries.stream().filter(entry -> writing.owns(entry, APPLY)).toList());
    }

    /** What belongs to anybody else, or to the same manager in another way. */
    FieldSet others(Writing writing) {
        return fields(entries.stream().filter(entry -> !writing.owns(entry, APPLY)).toList());
    }

    private static FieldSet fields(List<Map<String, Object>> entries) {
        Map<String, Object> all = Map.of();
        for (Map<String, Object> entry : entries) {
            all = FieldSet.union(all, FieldSet.map(entry.get("fieldsV1")));
        }
        return FieldSet.of(all);
    }

    /**
     * Whether a manager owns fields by another way than applying them: by creating the object, or
     * as a release before did, by merge patches.
     */
    private boolean isToBeUpgraded(Writing writing) {
        return entries.stream()
                .filter(entry -> writing.owns(entry, UPDATE))
                .anyMatch(entry -> !applicable(entry).isEmpty());
    }

    /**
     * The entries with what the manager wrote otherwise as if it had been applied, so that what it
     * applies no longer goes (as {@code k8s.io/client-go/util/csaupgrade}).
     */
    ManagedFields upgraded(Writing writing) {
        if (!isToBeUpgraded(writing)) {
            return this;
        }
        Map<String, Object> applied = Map.of();
        List<Map<String, Object>> upgraded = new ArrayList<>();
        Map<String, Object> ours = Map.of();
        for (Map<String, Object> entry : entries) {
            boolean update = writing.owns(entry, UPDATE);
            if (!update && !writing.owns(entry, APPLY)) {
                upgraded.add(entry);
                continue;
            }
            ours = entry;
            applied =
                    FieldSet.union(
                            applied,
                            update ? applicable(entry) : FieldSet.map(entry.get("fieldsV1")));
            Map<String, Object> rest = update ? notApplicable(entry) : Map.of();
            if (!rest.isEmpty()) {
                upgraded.add(with(entry, rest));
            }
        }
        Map<String, Object> entry = with(ours, applied);
        entry.put("operation", APPLY);
        upgraded.add(entry);
        return new ManagedFields(version, uid, List.copyOf(upgraded));
    }

    private static Map<String, Object> with(Map<String, Object> entry, Map<String, Object> fields) {
        Map<String, Object> changed = new LinkedHashMap<>(entry);
        changed.put("fieldsV1", fields);
        return changed;
    }

    private static Map<String, Object> applicable(Map<String, Object> entry) {
        Map<String, Object> fields = new LinkedHashMap<>(FieldSet.map(entry.get("fieldsV1")));
        Map<String, Object> status = new LinkedHashMap<>(FieldSet.map(fields.get("f:status")));
        if (status.remove("f:" + ADDRESSES) != null) {
            fields.put("f:status", status);
            status.remove(".");
            if (status.isEmpty()) {
                fields.remove("f:status");
            }
        }
        return fields;
    }

    private static Map<String, Object> notApplicable(Map<String, Object> entry) {
        Map<String, Object> status =
                FieldSet.map(FieldSet.map(entry.get("fieldsV1")).get("f:status"));
        Object addresses = status.get("f:" + ADDRESSES);
        return addresses == null
                ? Map.of()
                : Map.of("f:status", Map.of("f:" + ADDRESSES, addresses));
    }

    /**
     * Who writes what.
     *
     * @param manager the field manager
     * @param apiVersion of the object
     * @param subresource {@code status}, or empty
     */
    record Writing(String manager, String apiVersion, String subresource) {
        private boolean owns(Map<String, Object> entry, String operation) {
            return manager.equals(entry.get("manager"))
                    && operation.equals(entry.get("operation"))
                    && apiVersion.equals(entry.get("apiVersion"))
                    && subresource.equals(entry.getOrDefault("subresource", ""));
        }
    }
}
