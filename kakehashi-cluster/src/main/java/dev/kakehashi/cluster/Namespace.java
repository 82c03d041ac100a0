package dev.kakehashi.cluster;

import java.util.Map;

/**
 * A namespace of pods ({@code v1 Namespace}), which Kubernetes makes and people annotate; only
 * read.
 *
 * @param metadata its name and annotations
 * @param origin the object as it was read
 */
public record Namespace(Metadata metadata, Tree origin) implements ClusterObject {
    /** By which label a selector names one namespace: Kubernetes gives it to each. */
    public static final String NAME_LABEL = "kubernetes.io/metadata.name";

    /** Its labels. */
    public Map<String, String> labels() {
        return LabelSelector.labelsOf(this);
    }
}
