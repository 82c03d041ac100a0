package dev.kakehashi.cluster;

/**
 * One thing that is wrong with an object, for the person who wrote it.
 *
 * @param source where the object came from, such as {@code nodes/a.yaml}
 * @param line line in the source, counted from 1; 0 when the source has no lines or the field is
 *     absent
 * @param path the field, such as {@code spec.vxlan.vni}; empty when it concerns the whole object
 * @param message what is wrong and what is allowed
 */
public record Problem(String source, int line, String path, String message) {
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(source);
        if (line > 0) {
            text.append(':').append(line);
        }
        text.append(": ");
        if (!path.isEmpty()) {
            text.append(path).append(": ");
        }
        return text.append(message).toString();
    }
}
