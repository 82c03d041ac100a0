package dev.kakehashi.store.kubernetes;

import dev.kakehashi.cluster.FieldShape;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.Tree;
import dev.kakehashi.cluster.yaml.YamlText;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The CustomResourceDefinitions of our kinds, made from the code that reads their objects: a schema
 * cannot know a field that this code does not, nor miss one (Kubernetes: "Extend the Kubernetes API
 * with CustomResourceDefinitions").
 */
public final class CustomResources {
    private static final String GROUP = "kakehashi.dev";

    /** The longest IPv6 prefix in text: an address of eight groups, a slash and 128. */
    private static final long PREFIX_CHARACTERS = 43;

    /**
     * Bounds what the rules may cost; no object of ours has more elements in a list of prefixes.
     */
    private static final long MAX_PREFIXES = 64;

    private CustomResources() {}

    /** All of them, as a file for {@code kubectl apply -f}. */
    public static String yaml() {
        StringBuilder text = new StringBuilder();
        for (Kind<?> kind : Kind.ALL) {
            if (kind.apiVersion().startsWith(GROUP + "/")) {
                text.append(text.isEmpty() ? "" : "---\n")
                        .append(YamlText.write(new Tree(definition(kind))));
            }
        }
        return text.toString();
    }

    private static Map<String, Object> definition(Kind<?> kind) {
        Map<String, Object> names = new LinkedHashMap<>();
        names.put("kind", kind.singular());
        names.put("listKind", kind.singular() + "List");
        names.put("plural", kind.plural());
        names.put("singular", kind.singular().toLowerCase(Locale.ROOT));
        names.put("categories", List.of("kakehashi"));
        ResourceManners manners = ResourceManners.of(kind);
        if (!manners.shortNames().isEmpty()) {
            names.put("shortNames", manners.shortNames());
        }
        Map<String, Object> version = new LinkedHashMap<>();
        version.put("name", kind.apiVersion().substring(GROUP.length() + 1));
        version.put("served", true);
        version.put("storage", true);
        version.put("subresources", Map.of("status", Map.of()));
        version.put("additionalPrinterColumns", columns(manners));
        version.put("schema", Map.of("openAPIV3Schema", root(kind, manners)));
        Map<String, Object> spec = new LinkedHashMap<>();
        spec.put("group", GROUP);
        spec.put("scope", "Cluster");
        spec.put("names", names);
        spec.put("versions", List.of(version));
        Map<String, Object> definition = new LinkedHashMap<>();
        definition.put("apiVersion", "apiextensions.k8s.io/v1");
        definition.put("kind", "CustomResourceDefinition");
        definition.put("metadata", Map.of("name", kind.plural() + "." + GROUP));
        definition.put("spec", spec);
        return definition;
    }

    private static List<Object> columns(ResourceManners manners) {
        List<Object> columns = new ArrayList<>();
        manners.columns().forEach((name, path) -> columns.add(column(name, "string", path)));
        columns.add(column("Age", "date", ".metadata.creationTimestamp"));
        return columns;
    }

    private static Map<String, Object> column(String name, String type, String path) {
        Map<String, Object> column = new LinkedHashMap<>();
        column.put("name", name);
        column.put("type", type);
        column.put("jsonPath", path);
        return column;
    }

    private static Map<String, Object> root(Kind<?> kind, ResourceManners manners) {
        FieldShape.Section shape = kind.shape();
        Map<String, Object> root = schema(shape);
        Map<String, Object> properties = new LinkedHashMap<>(asFields(root.get("properties")));
        properties.remove("metadata"); // the API server's own
        properties.put("status", status());
        showDefaults(manners, shape, properties);
        if (!manners.rules().isEmpty()) {
            Map<String, Object> spec = new LinkedHashMap<>(asFields(properties.get("spec")));
            List<Object> rules = new ArrayList<>();
            manners.rules()
                    .forEach((rule, message) -> {
                        Map<String, Object> validation = new LinkedHashMap<>();
                        validation.put("rule", rule);
                        validation.put("message", message);
                        rules.add(validation);
                    });
            spec.put("x-kubernetes-validations", rules);
            properties.put("spec", spec);
        }
        root.put("properties", properties);
        return root;
    }

    /**
     * A column says what is in force, also of a field that nobody wrote: the API server fills it in
     * (Kubernetes: "Defaulting"). A status with what is in force would need an agent that may write
     * Networks, and one among all nodes' that does.
     */
    private static void showDefaults(
            ResourceManners manners, FieldShape.Section shape, Map<String, Object> properties) {
        if (!(shape.fields().get("spec") instanceof FieldShape.Section spec)) {
            return;
        }
        Map<String, Object> shown = asFields(asFields(properties.get("spec")).get("properties"));
        spec.fields()
                .forEach((name, field) -> {
                    if (field instanceof FieldShape.Choice(_, var absent)
                            && manners.columns().containsValue(".spec." + name)) {
                        absent.ifPresent(word -> asFields(shown.get(name)).put("default", word));
                    }
                });
    }

    /** Conditions as everywhere in Kubernetes; what else a controller reports is its own. */
    private static Map<String, Object> status() {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (String name : List.of("type", "status", "reason", "message", "lastTransitionTime")) {
            fields.put(name, Map.of("type", "string"));
        }
        Map<String, Object> condition = new LinkedHashMap<>();
        condition.put("type", "object");
        condition.put("required", List.of("type", "status"));
        condition.put("properties", fields);
        Map<String, Object> conditions = new LinkedHashMap<>();
        conditions.put("type", "array");
        conditions.put("x-kubernetes-list-type", "map");
        conditions.put("x-kubernetes-list-map-keys", List.of("type"));
        conditions.put("items", condition);
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("type", "object");
        status.put("x-kubernetes-preserve-unknown-fields", true);
        status.put("properties", Map.of("conditions", conditions));
        return status;
    }

    private static Map<String, Object> schema(FieldShape shape) {
        Map<String, Object> schema = new LinkedHashMap<>();
        switch (shape) {
            case FieldShape.Text _ -> schema.put("type", "string");
            case FieldShape.Flag _ -> schema.put("type", "boolean");
            case FieldShape.Whole(long min, long max) -> {
                schema.put("type", "integer");
                schema.put("format", "int64");
                if (min != Long.MIN_VALUE) {
                    schema.put("minimum", min);
                }
                if (max != Long.MAX_VALUE) {
                    schema.put("maximum", max);
                }
            }
            case FieldShape.Choice(var words, _) -> {
                schema.put("type", "string");
                schema.put("enum", words);
            }
            case FieldShape.Prefix _ -> {
                schema.put("type", "string");
                schema.put("maxLength", PREFIX_CHARACTERS);
                schema.put("x-kubernetes-validations", List.of(PREFIX_RULE));
            }
            case FieldShape.Many(var element) -> {
                schema.put("type", "array");
                if (element instanceof FieldShape.Prefix) {
                    schema.put("maxItems", MAX_PREFIXES);
                }
                schema.put("items", schema(element));
            }
            case FieldShape.TextMap _ -> {
                schema.put("type", "object");
                schema.put("additionalProperties", Map.of("type", "string"));
            }
            case FieldShape.Section(var fields, var required) -> {
                schema.put("type", "object");
                if (!required.isEmpty()) {
                    schema.put("required", required);
                }
                Map<String, Object> properties = new LinkedHashMap<>();
                fields.forEach((name, field) -> properties.put(name, schema(field)));
                schema.put("properties", properties);
            }
            case FieldShape.Any _ -> schema.put("x-kubernetes-preserve-unknown-fields", true);
        }
        return schema;
    }

    /** CEL library "CIDR" of Kubernetes; host bits must be zero. */
    private static final Map<String, Object> PREFIX_RULE =
            new LinkedHashMap<>(
                    Map.of(
                            "rule",
                            "isCIDR(self) && cidr(self) == cidr(self).masked()",
                            "message",
                            "must be a network such as 10.244.0.0/16, its host bits zero"));

    @SuppressWarnings("unchecked") // made by this class, with string keys only
    private static Map<String, Object> asFields(@org.jspecify.annotations.Nullable Object map) {
        return map instanceof Map<?, ?> ? (Map<String, Object>) map : Map.of();
    }
}
