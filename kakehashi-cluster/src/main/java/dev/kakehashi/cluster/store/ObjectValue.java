package dev.kakehashi.cluster.store;

import dev.kakehashi.cluster.ClusterObject;
import dev.kakehashi.cluster.InvalidObjectException;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.ObjectName;
import dev.kakehashi.cluster.Problem;
import dev.kakehashi.cluster.Tree;
import dev.kakehashi.cluster.yaml.JsonText;
import dev.kakehashi.cluster.yaml.YamlDocument;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Objects as the values of stores that keep octets under names: written as JSON, read as JSON or,
 * for people who put them there by hand, as YAML.
 */
public final class ObjectValue {
    /** An object has far less; etcd takes 1.5 MiB in a request by default. */
    public static final int MAX_OCTETS = 1 << 20;

    private ObjectValue() {}

    /**
     * No name from outside becomes a path or a key unchecked.
     *
     * @throws StoreException saying what is wrong with it
     */
    public static void checkName(Kind<?> kind, String name) throws StoreException {
        Optional<String> problem = ObjectName.problemOf(name);
        if (problem.isPresent()) {
            throw new StoreException(kind.singular() + ": " + problem.get());
        }
    }

    /**
     * The value of an object.
     *
     * @throws StoreException when it is too large, or could not be read again
     */
    public static <T extends ClusterObject> byte[] encode(Kind<T> kind, T object)
            throws StoreException {
        byte[] octets = JsonText.write(kind.encode(object));
        if (octets.length > MAX_OCTETS) {
            throw new StoreException(
                    kind.singular()
                            + " "
                            + object.name()
                            + " has "
                            + octets.length
                            + " octets; at most "
                            + MAX_OCTETS
                            + " are allowed");
        }
        try {
            decode(kind, object.name(), octets, new Version(""));
        } catch (InvalidObjectException e) {
            throw new StoreException("refused to write what cannot be read: " + e.getMessage(), e);
        }
        return octets;
    }

    /**
     * The object of a value.
     *
     * @param name under which it was found
     * @throws InvalidObjectException when the value is too large, malformed, or another object's
     */
    public static <T extends ClusterObject> Stored<T> decode(
            Kind<T> kind, String name, byte[] octets, Version version)
            throws InvalidObjectException {
        String source = kind.plural() + "/" + name;
        if (octets.length > MAX_OCTETS) {
            throw invalid(source, "", "is larger than " + MAX_OCTETS + " octets");
        }
        if (octets.length > 0 && octets[0] == '{') {
            return decode(kind, name, source, JsonText.parse(source, octets), Map.of(), version);
        }
        String text = new String(octets, StandardCharsets.UTF_8);
        YamlDocument document = YamlDocument.parse(source, text);
        return decode(kind, name, source, document.tree(), document.lines(), version);
    }

    /** The object of a tree that was found under a name. */
    public static <T extends ClusterObject> Stored<T> decode(
            Kind<T> kind,
            String name,
            String source,
            Tree tree,
            Map<String, Integer> lines,
            Version version)
            throws InvalidObjectException {
        Kind.Decoded<T> decoded = kind.decode(source, tree, lines);
        if (!decoded.object().name().equals(name)) {
            throw invalid(
                    source,
                    "metadata.name",
                    "must be '" + name + "', not '" + decoded.object().name() + "'");
        }
        return new Stored<>(decoded.object(), version, decoded.warnings());
    }

    private static InvalidObjectException invalid(String source, String path, String message) {
        return new InvalidObjectException(List.of(new Problem(source, 0, path, message)));
    }
}
