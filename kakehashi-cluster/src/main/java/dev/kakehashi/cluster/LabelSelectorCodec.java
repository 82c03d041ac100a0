package dev.kakehashi.cluster;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads and writes label selectors. */
final class LabelSelectorCodec {
    private LabelSelectorCodec() {}

    static LabelSelector decode(Fields fields) {
        List<LabelSelector.Expression> expressions = new ArrayList<>();
        for (Fields one : fields.sections("matchExpressions")) {
            String key = one.string("key").orElse("");
            if (key.isEmpty()) {
                one.error("key", "is required: the label");
            }
            LabelSelector.Operator operator =
                    one.choice(
                            "operator",
                            LabelSelector.Operator.class,
                            LabelSelector.Operator.EXISTS);
            if (!one.has("operator")) {
                one.error("operator", "is required: In, NotIn, Exists or DoesNotExist");
            }
            List<String> values = one.strings("values");
            boolean needsValues =
                    operator == LabelSelector.Operator.IN
                            || operator == LabelSelector.Operator.NOT_IN;
            if (needsValues == values.isEmpty()) {
                one.error(
                        "values",
                        needsValues
                                ? "is required with " + operator
                                : "must be absent with " + operator);
            }
            one.warnOfUnknown();
            expressions.add(new LabelSelector.Expression(key, operator, values));
        }
        LabelSelector selector = new LabelSelector(fields.stringMap("matchLabels"), expressions);
        fields.warnOfUnknown();
        return selector;
    }

    static void encode(String name, LabelSelector selector, TreeEditor tree) {
        TreeEditor to = tree.section(name);
        to.setUnlessEmpty("matchLabels", new TreeMap<>(selector.labels()));
        List<Map<String, Object>> expressions = new ArrayList<>();
        for (LabelSelector.Expression expression : selector.expressions()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("key", expression.key());
            one.put("operator", expression.operator().toString());
            if (!expression.values().isEmpty()) {
                one.put("values", expression.values());
            }
            expressions.add(one);
        }
        to.setUnlessEmpty("matchExpressions", expressions);
        tree.dropIfEmpty(name);
    }
}
