package dev.kakehashi.store.kubernetes;

import dev.kakehashi.cluster.AsNumber;
import dev.kakehashi.cluster.FieldShape;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.ObjectName;
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

    /** The longest IPv6 address in text: eight groups, the last two as IPv4. */
    private static final long ADDRESS_CHARACTERS = 45;

    /** Three numbers of 32 bits, with colons. */
    private static final long COMMUNITY_CHARACTERS = 32;

    /** Of names ({@link ObjectName}): as Kubernetes checks those of its own objects. */
    private static final String LABEL = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?";

    private static final long NAME_CHARACTERS = 253;

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
        manners.columns()
                .forEach((name, path) -> {
                    boolean number = ResourceManners.NUMBERS.contains(path);
                    columns.add(column(name, number ? "integer" : "string", path));
                });
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
            spec.put("x-kubernetes-validations", validations(manners.rules()));
            properties.put("spec", spec);
        }
        root.put("properties", properties);
        if (!manners.objectRules().isEmpty()) {
            root.put("x-kubernetes-validations", validations(manners.objectRules()));
        }
        return root;
    }

    private static List<Object> validations(Map<String, String> rules) {
        List<Object> validations = new ArrayList<>();
        rules.forEach((rule, message) -> validations.add(validation(rule, message)));
        return validations;
    }

    private static Map<String, Object> validation(String rule, String message) {
        Map<String, Object> validation = new LinkedHashMap<>();
        validation.put("rule", rule);
        validation.put("message", message);
        return validation;
    }

    /**
     * A column says what is in force, also of a field that nobody wrote: the API server fills it in
     * (Kubernetes: "Defaulting").
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
        fields.put("observedGeneration", Map.of("type", "integer", "format", "int64"));
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
            case FieldShape.Name _ -> {
                schema.put("type", "string");
                schema.put("maxLength", NAME_CHARACTERS);
                schema.put("pattern", "^" + LABEL + "(\\." + LABEL + ")*$");
            }
            case FieldShape.Address _ -> checked(schema, ADDRESS_CHARACTERS, ADDRESS_RULE);
            case FieldShape.Prefix _ -> checked(schema, PREFIX_CHARACTERS, PREFIX_RULE);
            case FieldShape.BgpCommunity _ -> checked(schema, COMMUNITY_CHARACTERS, COMMUNITY_RULE);
            case FieldShape.AutonomousSystem _ -> {
                schema.put("type", "integer");
                schema.put("format", "int64");
                schema.put("minimum", AsNumber.MIN);
                schema.put("maximum", AsNumber.MAX);
                schema.put("x-kubernetes-validations", List.of(AS_NUMBER_RULE));
            }
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
            case FieldShape.Many(var element, int most) -> {
                schema.put("type", "array");
                schema.put("maxItems", most);
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

    private static void checked(
            Map<String, Object> schema, long characters, Map<String, Object> rule) {
        schema.put("type", "string");
        schema.put("maxLength", characters);
        schema.put("x-kubernetes-validations", List.of(rule));
    }

    /** CEL library "CIDR" of Kubernetes; host bits must be zero. */
    private static final Map<String, Object> PREFIX_RULE =
            validation(
                    "isCIDR(self) && cidr(self) == cidr(self).masked()",
                    "must be a network such as 10.244.0.0/16, its host bits zero");

    /** CEL library "IP" of Kubernetes. */
    private static final Map<String, Object> ADDRESS_RULE =
            validation("isIP(self)", "must be an address such as 192.0.2.1 or 2001:db8::1");

    /** As {@link AsNumber#problemOf}. */
    private static final Map<String, Object> AS_NUMBER_RULE =
            validation(
                    "self != 23456 && self != 65535",
                    "is no AS number that may be used; allowed is 1 to 4294967294 without 23456"
                            + " and 65535");

    /** Numbers of 16 bits (RFC 1997), or of 32 (RFC 8092). */
    private static final Map<String, Object> COMMUNITY_RULE =
            validation(
                    "self.matches('^[0-9]{1,10}(:[0-9]{1,10}){1,2}$') && self.split(':').all(part,"
                            + " int(part) <= (self.split(':').size() == 3 ? 4294967295 : 65535))",
                    "is no community; write 64512:100, or 64512:1:100 for a large one");

    @SuppressWarnings("unchecked") // made by this class, with string keys only
    private static Map<String, Object> asFields(@org.jspecify.annotations.Nullable Object map) {
        return map instanceof Map<?, ?> ? (Map<String, Object>) map : Map.of();
    }
}
