package dev.kakehashi.cluster.store;

/**
 * Version of one object: equal as long as the object is the same. Opaque, as the {@code
 * resourceVersion} of Kubernetes.
 *
 * @param value the store's own notation
 */
public record Version(String value) {
    @Override
    public String toString() {
        return value;
    }
}
