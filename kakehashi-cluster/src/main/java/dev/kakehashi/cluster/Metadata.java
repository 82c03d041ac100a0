package dev.kakehashi.cluster;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What every object has (Kubernetes ObjectMeta).
 *
 * @param name a DNS subdomain name ({@link ObjectName})
 * @param annotations free text by key
 * @param created when the object was first stored, to the second; {@link Instant#EPOCH} when nobody
 *     wrote it down
 */
public record Metadata(String name, Map<String, String> annotations, Instant created) {
    /** Copies the annotations, keeping their order. */
    public Metadata {
        annotations = FieldMap.copyOf(annotations);
        created = created.truncatedTo(ChronoUnit.SECONDS);
    }

    /** Metadata with a name only. */
    public static Metadata named(String name) {
        return new Metadata(name, Map.of(), Instant.EPOCH);
    }

    /** The same with one annotation set. */
    public Metadata with(String key, String value) {
        Map<String, String> changed = new LinkedHashMap<>(annotations);
        changed.put(key, value);
        return new Metadata(name, changed, created);
    }

    /** The same without one annotation. */
    public Metadata without(String key) {
        Map<String, String> changed = new LinkedHashMap<>(annotations);
        changed.remove(key);
        return new Metadata(name, changed, created);
    }
}
