package dev.kakehashi.store.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.Optional;

class ApplyConfigurationTest {
    private static final Map<String, Object> ALL = Map.of();

    private static Map<String, Object> annotations(Map<String, Object> annotations) {
        return Map.of("metadata", Map.of("annotations", annotations));
    }

    private static FieldSet ofAnnotations(String... names) {
        Map<String, Object> fields = new java.util.HashMap<>();
        for (String name : names) {
            fields.put("f:" + name, ALL);
        }
        return FieldSet.of(Map.of("f:metadata", Map.of("f:annotations", fields)));
    }

    private static Map<String, Object> conditions(List<Map<String, Object>> conditions) {
        return Map.of("status", Map.of("conditions", conditions));
    }

    private static Map<String, Object> condition(String type, String status) {
        return Map.of("type", type, "status", status);
    }

    private static FieldSet ofCondition(String type) {
        Map<String, Object> fields = Map.of(".", ALL, "f:type", ALL, "f:status", ALL);
        Map<String, Object> element = Map.of("k:{\"type\":\"" + type + "\"}", fields);
        return FieldSet.of(Map.of("f:status", Map.of("f:conditions", element)));
    }

    @Test
    void whatWeOwnAndWhatWeChange_isSent_andNothingOfOthers() {
        assertThat(
                        ApplyConfiguration.of(
                                annotations(Map.of("ours", "1", "theirs", "1", "nobodys", "1")),
                                annotations(
                                        Map.of(
                                                "ours", "1", "theirs", "1", "nobodys", "1", "new",
                                                "1")),
                                ofAnnotations("ours"),
                                ofAnnotations("theirs")))
                .contains(annotations(Map.of("ours", "1", "new", "1")));
    }

    @Test
    void whatIsOursAlone_goesByNotBeingSent() {
        Map<String, Object> before = annotations(Map.of("a", "1", "b", "1", "theirs", "1"));
        Map<String, Object> after = annotations(Map.of("b", "1", "theirs", "1"));

        assertThat(
                        ApplyConfiguration.of(
                                before, after, ofAnnotations("a", "b"), ofAnnotations("theirs")))
                .contains(annotations(Map.of("b", "1")));
        assertThat(
                        ApplyConfiguration.of(
                                before, after, ofAnnotations("a", "b"), ofAnnotations("a")))
                .as("what another owns too")
                .isEmpty();
        assertThat(
                        ApplyConfiguration.of(
                                before, after, ofAnnotations("b"), ofAnnotations("theirs")))
                .as("what is nobody's")
                .isEmpty();
    }

    /** The API server would take the annotations away as a whole. */
    @Test
    void lastOfOurs_isNotTakenAwayByApplying_whereTheRestIsNobodys() {
        Map<String, Object> before = annotations(Map.of("ours", "1", "nobodys", "1"));
        Map<String, Object> after = annotations(Map.of("nobodys", "1"));

        assertThat(ApplyConfiguration.of(before, after, ofAnnotations("ours"), FieldSet.NOTHING))
                .isEmpty();
        assertThat(
                        ApplyConfiguration.of(
                                before, after, ofAnnotations("ours"), ofAnnotations("other")))
                .contains(Map.of());
    }

    @Test
    void conditions_areSentOneByOne() {
        Map<String, Object> before =
                conditions(List.of(condition("Ready", "True"), condition("Up", "1")));

        assertThat(
                        ApplyConfiguration.of(
                                before,
                                conditions(
                                        List.of(condition("Ready", "True"), condition("Up", "2"))),
                                FieldSet.NOTHING,
                                ofCondition("Ready")))
                .contains(conditions(List.of(condition("Up", "2"))));
        assertThat(
                        ApplyConfiguration.of(
                                before,
                                conditions(List.of(condition("Ready", "True"))),
                                ofCondition("Up"),
                                ofCondition("Ready")))
                .contains(Map.of());
        assertThat(
                        ApplyConfiguration.of(
                                before,
                                conditions(List.of(condition("Ready", "True"))),
                                ofCondition("Up"),
                                ofCondition("Up")))
                .isEmpty();
    }

    @Test
    void listsWithoutKeys_areSentWhole_unlessTheirElementsHaveOtherOwners() {
        Map<String, Object> before = Map.of("spec", Map.of("cidrs", List.of("a")));
        Map<String, Object> after = Map.of("spec", Map.of("cidrs", List.of("a", "b")));
        FieldSet whole = FieldSet.of(Map.of("f:spec", Map.of("f:cidrs", ALL)));
        FieldSet one = FieldSet.of(Map.of("f:spec", Map.of("f:cidrs", Map.of("v:\"a\"", ALL))));

        assertThat(ApplyConfiguration.of(before, after, FieldSet.NOTHING, whole)).contains(after);
        assertThat(ApplyConfiguration.of(before, after, FieldSet.NOTHING, one))
                .isEqualTo(Optional.empty());
        assertThat(ApplyConfiguration.of(after, after, one, FieldSet.NOTHING)).contains(before);
    }

    @Test
    void addressesOfANode_areNeverApplied() {
        Map<String, Object> address = Map.of("type", "InternalIP", "address", "192.0.2.1");
        Map<String, Object> with = Map.of("status", Map.of("addresses", List.of(address)));
        FieldSet ours = FieldSet.of(Map.of("f:status", Map.of("f:addresses", ALL)));

        assertThat(ApplyConfiguration.of(Map.of(), with, FieldSet.NOTHING, FieldSet.NOTHING))
                .isEmpty();
        assertThat(ApplyConfiguration.of(with, with, FieldSet.NOTHING, ours)).contains(Map.of());
    }
}
