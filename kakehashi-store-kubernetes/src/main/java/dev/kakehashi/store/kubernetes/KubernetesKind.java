package dev.kakehashi.store.kubernetes;

import dev.kakehashi.cluster.ClusterObject;
import dev.kakehashi.cluster.InvalidObjectException;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.Tree;
import dev.kakehashi.cluster.ipam.ChoiceAnnotations;
import dev.kakehashi.cluster.store.ObjectValue;
import dev.kakehashi.cluster.store.Rejected;
import dev.kakehashi.cluster.store.StoreEvent;
import dev.kakehashi.cluster.store.Stored;
import dev.kakehashi.cluster.store.Version;

import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A kind as the API server knows it: where its objects are, and what of them we keep.
 *
 * @param kind which
 * @param namespace of its objects; empty for kinds of the whole cluster
 * @param <T> the type of its objects
 */
record KubernetesKind<T extends ClusterObject>(Kind<T> kind, String namespace) {
    /** Parts of a Node that make most of its size and are none of ours. */
    private static final List<String> UNWANTED_STATUS =
            List.of(
                    "images",
                    "volumesInUse",
                    "volumesAttached",
                    "daemonEndpoints",
                    "nodeInfo",
                    "capacity",
                    "allocatable",
                    "config",
                    "runtimeHandlers",
                    "features");

    static <T extends ClusterObject> KubernetesKind<T> of(Kind<T> kind, String namespace) {
        return new KubernetesKind<>(kind, kind.equals(Kind.LEASE) ? namespace : "");
    }

    String group() {
        int slash = kind.apiVersion().indexOf('/');
        return slash < 0 ? "" : kind.apiVersion().substring(0, slash);
    }

    String version() {
        return kind.apiVersion().substring(kind.apiVersion().indexOf('/') + 1);
    }

    /** The path of the collection. */
    String path() {
        String root = group().isEmpty() ? "/api/" : "/apis/";
        String inside = namespace.isEmpty() ? "" : "/namespaces/" + namespace;
        return root + kind.apiVersion() + inside + "/" + kind.plural();
    }

    String path(String name) {
        return path() + "/" + name;
    }

    /** Whether the status is written apart, at {@code …/status}. */
    boolean hasStatus() {
        return !kind.equals(Kind.LEASE);
    }

    /**
     * Whether who writes a part of an object may write it whole: of pools and peers agents may
     * change the status only, and who changes the status of a Network may no more than that
     * (deploy/kubernetes/20-roles.yaml).
     *
     * @param part the subresource that is written; empty for the object
     */
    boolean isWhollyWritten(String part) {
        return !kind.equals(Kind.IP_POOL)
                && !kind.equals(Kind.BGP_PEER)
                && (part.isEmpty() || !kind.equals(Kind.NETWORK));
    }

    ResourceDefinitionContext context() {
        return new ResourceDefinitionContext.Builder()
                .withGroup(group())
                .withVersion(version())
                .withKind(kind.singular())
                .withPlural(kind.plural())
                .withNamespaced(!namespace.isEmpty())
                .build();
    }

    /** What an object of the API server means: one of ours, or why it is none. */
    StoreEvent<T> read(Tree tree) {
        String name = field(tree, "name");
        try {
            return new StoreEvent.Put<>(decode(name, tree));
        } catch (InvalidObjectException e) {
            return new StoreEvent.Broken<>(new Rejected(name, e.problems()));
        }
    }

    Stored<T> decode(String name, Tree tree) throws InvalidObjectException {
        Version version = new Version(field(tree, "resourceVersion"));
        String source = kind.plural() + "/" + name;
        return ObjectValue.decode(kind, name, source, trimmed(tree), Map.of(), version);
    }

    /** A field of the metadata; empty when it is absent. */
    static String field(Tree tree, String name) {
        return tree.fields().get("metadata") instanceof Map<?, ?> metadata
                        && metadata.get(name) instanceof String text
                ? text
                : "";
    }

    /** Also names the kind, which items of a list do not. */
    private Tree trimmed(Tree tree) {
        Map<String, Object> fields = new LinkedHashMap<>(tree.fields());
        fields.put("apiVersion", kind.apiVersion());
        fields.put("kind", kind.singular());
        without(fields, "metadata", List.of("managedFields"));
        if (kind.equals(Kind.NODE)) {
            without(fields, "status", UNWANTED_STATUS);
        } else if (kind.equals(Kind.NAMESPACE)) {
            // Of the annotations one is ours, and "last-applied" alone is a copy of the rest.
            fields.keySet().removeAll(List.of("spec", "status"));
            fields.computeIfPresent("metadata", (_, metadata) -> withOurAnnotation(metadata));
        }
        return new Tree(fields);
    }

    private static Object withOurAnnotation(Object metadata) {
        if (metadata instanceof Map<?, ?> all && all.get("annotations") instanceof Map<?, ?> said) {
            Map<Object, Object> kept = new LinkedHashMap<>(all);
            Object ours = said.get(ChoiceAnnotations.POOLS);
            kept.put(
                    "annotations", ours == null ? Map.of() : Map.of(ChoiceAnnotations.POOLS, ours));
            return kept;
        }
        return metadata;
    }

    private static void without(Map<String, Object> fields, String section, List<String> names) {
        if (fields.get(section) instanceof Map<?, ?> old) {
            Map<Object, Object> kept = new LinkedHashMap<>(old);
            names.forEach(kept::remove);
            fields.put(section, kept);
        }
    }
}
