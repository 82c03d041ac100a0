package dev.kakehashi.cluster.yaml;

import dev.kakehashi.cluster.InvalidObjectException;
import dev.kakehashi.cluster.Tree;

import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Present;
import org.snakeyaml.engine.v2.api.lowlevel.Serialize;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Writes trees as YAML that YAML 1.1 readers (kubectl) and YAML 1.2 readers take alike. */
public final class YamlText {
    /** Plain words that YAML 1.1 reads as booleans or null: Kubernetes' own reader does. */
    private static final Set<String> YAML_1_1_WORDS =
            Set.of("y", "n", "yes", "no", "on", "off", "true", "false", "null");

    private static final DumpSettings SETTINGS =
            DumpSettings.builder()
                    .setDumpComments(true)
                    .setDefaultFlowStyle(FlowStyle.BLOCK)
                    .setSplitLines(false)
                    .setIndent(2)
                    .build();

    private YamlText() {}

    /** The whole tree as a new text. */
    public static String write(Tree tree) {
        return emit(mapping(tree.fields()));
    }

    /**
     * {@code text} changed so that it says {@code tree}. What does not change keeps its place, its
     * notation and its comments: a person's file stays that person's file when an agent writes a
     * status into it.
     *
     * @throws InvalidObjectException when {@code text} is not YAML
     */
    public static String rewrite(String source, String text, Tree tree)
            throws InvalidObjectException {
        Optional<MappingNode> old = compose(source, text);
        if (old.isEmpty()) {
            return write(tree);
        }
        merge(old.get(), tree.fields());
        return emit(old.get());
    }

    private static Optional<MappingNode> compose(String source, String text)
            throws InvalidObjectException {
        try {
            return YamlDocument.compose(source, text, true);
        } catch (ClassCastException e) {
            // snakeyaml-engine 3.0.1 fails so on comments in some unusual places: then they are
            // lost, the rest is not.
            return YamlDocument.compose(source, text, false);
        }
    }

    private static String emit(Node root) {
        return new Present(SETTINGS)
                .emitToString(new Serialize(SETTINGS).serializeOne(root).iterator());
    }

    private static void merge(MappingNode old, Map<String, Object> fields) {
        Map<String, NodeTuple> known = new HashMap<>();
        List<NodeTuple> tuples = new ArrayList<>();
        for (NodeTuple tuple : old.getValue()) {
            if (tuple.getKeyNode() instanceof ScalarNode key) {
                known.put(key.getValue(), tuple);
                Object value = fields.get(key.getValue());
                if (value != null) {
                    tuples.add(new NodeTuple(key, merged(tuple.getValueNode(), value)));
                }
            }
        }
        fields.forEach((key, value) -> {
            if (!known.containsKey(key)) {
                tuples.add(new NodeTuple(scalar(key), node(value)));
            }
        });
        if (old.getFlowStyle() == FlowStyle.FLOW && tuples.size() > old.getValue().size()) {
            old.setFlowStyle(FlowStyle.BLOCK);
        }
        old.setValue(tuples);
    }

    private static Node merged(Node old, Object value) {
        if (old instanceof MappingNode mapping && value instanceof Map<?, ?> map) {
            merge(mapping, asFields(map));
            return mapping;
        }
        if (old instanceof SequenceNode sequence
                && value instanceof List<?> list
                && list.size() == sequence.getValue().size()) {
            List<Node> elements = new ArrayList<>();
            for (int i = 0; i < list.size(); i++) {
                elements.add(merged(sequence.getValue().get(i), list.get(i)));
            }
            SequenceNode same =
                    new SequenceNode(sequence.getTag(), elements, sequence.getFlowStyle());
            keepComments(sequence, same);
            return same;
        }
        Node fresh = node(value);
        if (old instanceof ScalarNode before
                && fresh instanceof ScalarNode after
                && before.getValue().equals(after.getValue())
                && before.getTag().equals(after.getTag())) {
            return before;
        }
        keepComments(old, fresh);
        return fresh;
    }

    private static void keepComments(Node from, Node to) {
        to.setBlockComments(from.getBlockComments());
        to.setInLineComments(from.getInLineComments());
        to.setEndComments(from.getEndComments());
    }

    @SuppressWarnings("unchecked") // trees hold string keys only (Tree)
    private static Map<String, Object> asFields(Map<?, ?> map) {
        return (Map<String, Object>) map;
    }

    private static MappingNode mapping(Map<String, Object> fields) {
        List<NodeTuple> tuples = new ArrayList<>();
        fields.forEach((key, value) -> tuples.add(new NodeTuple(scalar(key), node(value))));
        return new MappingNode(
                Tag.MAP, tuples, tuples.isEmpty() ? FlowStyle.FLOW : FlowStyle.BLOCK);
    }

    private static Node node(Object value) {
        return switch (value) {
            case Map<?, ?> map -> mapping(asFields(map));
            case List<?> list ->
                    new SequenceNode(
                            Tag.SEQ,
                            list.stream().map(YamlText::node).toList(),
                            list.isEmpty() ? FlowStyle.FLOW : FlowStyle.BLOCK);
            case Boolean flag -> new ScalarNode(Tag.BOOL, flag.toString(), ScalarStyle.PLAIN);
            case Double number -> new ScalarNode(Tag.FLOAT, number.toString(), ScalarStyle.PLAIN);
            case Number number -> new ScalarNode(Tag.INT, number.toString(), ScalarStyle.PLAIN);
            default -> scalar(value.toString());
        };
    }

    private static ScalarNode scalar(String text) {
        return new ScalarNode(
                Tag.STR, text, needsQuotes(text) ? ScalarStyle.DOUBLE_QUOTED : ScalarStyle.PLAIN);
    }

    /**
     * Whether a YAML 1.1 reader could take the plain text for something else than a string: a
     * boolean, a number, a number in base 60 (a MAC address of digits), a timestamp.
     */
    private static boolean needsQuotes(String text) {
        if (text.isEmpty() || YAML_1_1_WORDS.contains(text.toLowerCase(java.util.Locale.ROOT))) {
            return true;
        }
        char first = text.charAt(0);
        boolean digit =
                (first >= '0' && first <= '9') || first == '-' || first == '+' || first == '.';
        boolean address = text.indexOf('/') > 0 || text.chars().filter(c -> c == '.').count() == 3;
        return digit && !address;
    }
}
