package dev.kakehashi.cluster;

import java.time.Instant;
import java.time.format.DateTimeParseException;

/** Reads and writes {@code metadata}. What else Kubernetes keeps there is left as it is. */
final class MetadataCodec {
    private MetadataCodec() {}

    static Metadata decode(Fields fields) {
        String name = fields.string("name").orElse("");
        ObjectName.problemOf(name).ifPresent(problem -> fields.error("name", problem));
        return new Metadata(
                name, fields.stringMap("annotations"), time(fields, "creationTimestamp"));
    }

    static void encode(Metadata metadata, TreeEditor tree) {
        tree.set("name", metadata.name());
        tree.setUnlessEmpty("annotations", metadata.annotations());
        if (!metadata.created().equals(Instant.EPOCH)) {
            tree.set("creationTimestamp", metadata.created().toString());
        }
    }

    /** A time as RFC 3339 writes it; the epoch when there is none. */
    static Instant time(Fields fields, String name) {
        String text = fields.string(name).orElse("");
        try {
            return text.isEmpty() ? Instant.EPOCH : Instant.parse(text);
        } catch (DateTimeParseException e) {
            fields.error(name, "'" + text + "' is not a time such as 2026-01-31T12:00:00Z");
            return Instant.EPOCH;
        }
    }
}
