package dev.kakehashi.cluster.yaml;

import dev.kakehashi.cluster.InvalidObjectException;
import dev.kakehashi.cluster.Problem;
import dev.kakehashi.cluster.Tree;

import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One YAML 1.2 document whose root is a mapping, and the line of each of its fields.
 *
 * <p>Input from outside is bounded: {@value #MAX_CHARACTERS} characters, {@value #MAX_DEPTH}
 * levels, no aliases (an alias lets a few lines grow to gigabytes), no duplicate keys, no
 * language-specific tags.
 *
 * @param source the name used in problems
 * @param tree the fields
 * @param lines line of each field, counted from 1, by path ({@code spec.cidrs[0]})
 */
public record YamlDocument(String source, Tree tree, Map<String, Integer> lines) {
    static final int MAX_CHARACTERS = 1 << 20;
    static final int MAX_DEPTH = 64;

    /** Copies the lines. */
    public YamlDocument {
        lines = Map.copyOf(lines);
    }

    /**
     * Reads {@code text}.
     *
     * @throws InvalidObjectException when it is not one YAML mapping within the bounds
     */
    public static YamlDocument parse(String source, String text) throws InvalidObjectException {
        return new Reader(source).read(text);
    }

    /** The composed nodes of {@code text}; empty when there is no document. */
    static Optional<MappingNode> compose(String source, String text, boolean comments)
            throws InvalidObjectException {
        try {
            checkBounds(source, text);
            Optional<Node> root = new Compose(settings(source, comments)).composeString(text);
            if (root.isEmpty()) {
                return Optional.empty();
            }
            if (root.get() instanceof MappingNode mapping) {
                return Optional.of(mapping);
            }
            throw invalid(
                    source, root.get().getStartMark(), "is not a YAML mapping of fields to values");
        } catch (MarkedYamlEngineException e) {
            Optional<Mark> mark = e.getProblemMark().or(e::getContextMark);
            throw invalid(source, mark, "is not valid YAML: " + e.getProblem());
        } catch (YamlEngineException e) {
            throw invalid(
                    source, Optional.empty(), "is not valid YAML: " + firstLine(e.getMessage()));
        }
    }

    private static LoadSettings settings(String source, boolean comments) {
        return LoadSettings.builder()
                .setLabel(source)
                .setParseComments(comments)
                .setCodePointLimit(MAX_CHARACTERS)
                .build();
    }

    /**
     * Walks the events, which the parser makes without recursion, before anything is built from
     * them.
     */
    private static void checkBounds(String source, String text) throws InvalidObjectException {
        int depth = 0;
        int documents = 0;
        for (Event event : new Parse(settings(source, false)).parseString(text)) {
            switch (event) {
                case DocumentStartEvent start -> {
                    if (++documents > 1) {
                        throw invalid(
                                source,
                                start.getStartMark(),
                                "holds several documents; one file holds one object");
                    }
                }
                case CollectionStartEvent start -> {
                    if (++depth > MAX_DEPTH) {
                        throw invalid(
                                source,
                                start.getStartMark(),
                                "has more than " + MAX_DEPTH + " levels");
                    }
                }
                case CollectionEndEvent end -> depth--;
                case AliasEvent alias ->
                        throw invalid(
                                source,
                                alias.getStartMark(),
                                "anchors and aliases are not allowed here");
                default -> {}
            }
        }
    }

    private static InvalidObjectException invalid(
            String source, Optional<Mark> mark, String message) {
        return new InvalidObjectException(List.of(new Problem(source, line(mark), "", message)));
    }

    private static int line(Optional<Mark> mark) {
        return mark.map(m -> m.getLine() + 1).orElse(0);
    }

    private static String firstLine(@Nullable String message) {
        return message == null ? "unknown reason" : message.lines().findFirst().orElse("");
    }

    /** Turns nodes into plain values, noting lines on the way. */
    private static final class Reader {
        private final String source;
        private final Map<String, Integer> lines = new HashMap<>();

        Reader(String source) {
            this.source = source;
        }

        YamlDocument read(String text) throws InvalidObjectException {
            MappingNode root =
                    compose(source, text, false)
                            .orElseThrow(() -> invalid(source, Optional.empty(), "is empty"));
            return new YamlDocument(source, new Tree(mapping(root, "")), lines);
        }

        private @Nullable Object value(Node node, String path) throws InvalidObjectException {
            lines.put(path, line(node.getStartMark()));
            return switch (node) {
                case MappingNode mapping -> mapping(mapping, path);
                case SequenceNode sequence -> sequence(sequence, path);
                case ScalarNode scalar -> scalar(scalar, path);
                default -> throw invalid(source, node.getStartMark(), path + ": unsupported YAML");
            };
        }

        private Map<String, Object> mapping(MappingNode node, String path)
                throws InvalidObjectException {
            Map<String, Object> fields = new LinkedHashMap<>();
            Set<String> keys = new HashSet<>();
            for (NodeTuple tuple : node.getValue()) {
                if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                    throw invalid(
                            source,
                            tuple.getKeyNode().getStartMark(),
                            path + ": a key must be a string");
                }
                String child = path.isEmpty() ? key.getValue() : path + "." + key.getValue();
                if (!keys.add(key.getValue())) {
                    throw invalid(source, key.getStartMark(), child + ": is there twice");
                }
                Object value = value(tuple.getValueNode(), child);
                lines.put(child, line(key.getStartMark()));
                if (value != null) {
                    fields.put(key.getValue(), value);
                }
            }
            return fields;
        }

        private List<Object> sequence(SequenceNode node, String path)
                throws InvalidObjectException {
            List<Object> elements = new ArrayList<>();
            for (Node element : node.getValue()) {
                String child = path + "[" + elements.size() + "]";
                Object value = value(element, child);
                if (value == null) {
                    throw invalid(
                            source,
                            element.getStartMark(),
                            child + ": an element must not be null");
                }
                elements.add(value);
            }
            return elements;
        }

        private @Nullable Object scalar(ScalarNode node, String path)
                throws InvalidObjectException {
            String text = node.getValue();
            Tag tag = node.getTag();
            try {
                if (tag.equals(Tag.NULL)) {
                    return null;
                } else if (tag.equals(Tag.BOOL)) {
                    return Boolean.valueOf(text);
                } else if (tag.equals(Tag.INT)) {
                    return Long.valueOf(text);
                } else if (tag.equals(Tag.FLOAT)) {
                    return Double.valueOf(text);
                } else if (tag.equals(Tag.STR)) {
                    return text;
                }
            } catch (NumberFormatException e) {
                throw invalid(
                        source,
                        node.getStartMark(),
                        path + ": '" + text + "' is not a number we can hold");
            }
            throw invalid(
                    source,
                    node.getStartMark(),
                    path + ": the tag " + tag.getValue() + " is not allowed here");
        }
    }
}
