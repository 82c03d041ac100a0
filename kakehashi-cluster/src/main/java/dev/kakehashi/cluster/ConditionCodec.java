package dev.kakehashi.cluster;

import java.time.Instant;
import java.util.List;

/** Reads and writes the conditions of a status. */
final class ConditionCodec {
    /** Others write conditions into Nodes, too. */
    private static final int MOST = 1024;

    private ConditionCodec() {}

    /** Those of the section {@code status}. */
    static List<Condition> decode(Fields status) {
        return status.sections("conditions", MOST).stream().map(ConditionCodec::condition).toList();
    }

    private static Condition condition(Fields fields) {
        return new Condition(
                fields.string("type").orElse(""),
                fields.string("status").orElse("Unknown"),
                fields.string("reason").orElse(""),
                fields.string("message").orElse(""),
                MetadataCodec.time(fields, "lastTransitionTime"),
                fields.number("observedGeneration").orElse(0));
    }

    /** Sets them; those of other types go. */
    static void encode(List<Condition> conditions, TreeEditor status) {
        List<String> types = conditions.stream().map(Condition::type).toList();
        List<TreeEditor> elements = status.elements("conditions", "type", types);
        for (int i = 0; i < elements.size(); i++) {
            Condition condition = conditions.get(i);
            TreeEditor element = elements.get(i);
            element.set("status", condition.status());
            element.setUnlessEmpty("reason", condition.reason());
            element.setUnlessEmpty("message", condition.message());
            if (condition.observedGeneration() == 0) {
                element.remove("observedGeneration");
            } else {
                element.set("observedGeneration", condition.observedGeneration());
            }
            if (!condition.lastTransition().equals(Instant.EPOCH)) {
                element.set("lastTransitionTime", condition.lastTransition().toString());
            }
        }
    }
}
