package dev.kakehashi.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.conformance.report.MarkdownPage;
import dev.kakehashi.conformance.scenario.Requirement;
import dev.kakehashi.conformance.scenario.Scenario;
import dev.kakehashi.conformance.scenario.Scenarios;

import org.junit.jupiter.api.Test;

import java.nio.file.Files;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Every requirement of the specification is asked, or it is said why not. */
class RequirementsTest {
    @Test
    void requirements_areNumberedWithoutGaps() {
        assertThat(Requirement.all())
                .extracting(Requirement::number)
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 70).boxed().toList());
    }

    @Test
    void eachRequirement_isAskedByAScenarioOrSaysWhyNot() {
        Set<Integer> asked =
                Scenarios.all().stream()
                        .flatMap(scenario -> scenario.proves().stream())
                        .collect(Collectors.toSet());
        for (Requirement requirement : Requirement.all()) {
            assertThat(asked.contains(requirement.number()))
                    .as("%s is asked: %s", requirement.id(), requirement.text())
                    .isNotEqualTo(requirement.unasked().isPresent());
        }
    }

    @Test
    void eachScenarioOfTheSpecification_namesItsRequirements() {
        List<String> without =
                Scenarios.all().stream()
                        .filter(scenario ->
                                scenario.id().startsWith("spec/") && scenario.proves().isEmpty())
                        .map(Scenario::id)
                        .toList();
        assertThat(without).isEmpty();
    }

    @Test
    void page_saysWhatTheScenariosAre() throws Exception {
        assertThat(Files.readString(PublishedPluginsTest.PAGE))
                .as("docs/conformance.md; PublishedPluginsTest writes it, -Dconformance.write=true")
                .endsWith(PublishedPluginsTest.scenarios());
    }

    @Test
    void table_hasScenariosOrReasons() {
        assertThat(MarkdownPage.coverage(Scenarios.all()))
                .contains(
                        "\n| S28 | an interface of that name that exists already is an error |"
                                + " section 4, ADD | `spec/add-name-taken` |\n",
                        "\n| S50 | the namespace is made before ADD and removed after DEL |"
                                + " section 3, Lifecycle & Ordering | no plugin: of a runtime, not"
                                + " of a plugin |\n");
    }
}
