package dev.kakehashi.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.conformance.report.HtmlReport;
import dev.kakehashi.conformance.report.JsonReport;
import dev.kakehashi.conformance.report.JunitReport;
import dev.kakehashi.conformance.report.MarkdownPage;
import dev.kakehashi.conformance.report.TextReport;
import dev.kakehashi.conformance.scenario.Scenario;
import dev.kakehashi.conformance.scenario.Scenarios;

import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import javax.xml.parsers.DocumentBuilderFactory;

class ReportTest {
    private static final Scenario FIRST = scenario("spec/error-object");
    private static final Scenario SECOND = scenario("spec/every-version");

    private static Scenario scenario(String id) {
        return Scenarios.all().stream().filter(s -> s.id().equals(id)).findFirst().orElseThrow();
    }

    private static Report report() {
        return new Report(
                ConformanceOptions.of(Path.of("/opt/cni/bin"), "1.1.0"),
                List.of(
                        outcome("bridge", FIRST, "1.1.0", new Outcome.Passed()),
                        outcome(
                                "ptp",
                                FIRST,
                                "1.1.0",
                                new Outcome.Failed(
                                        "ADD", "<a> & \"b\"", "c\u0001", "X=1 /ptp <<< ''")),
                        outcome(
                                "ptp",
                                SECOND,
                                "0.4.0",
                                new Outcome.Skipped("this kernel has no veth"))),
                Duration.ofMillis(2345));
    }

    private static Outcome outcome(
            String plugin, Scenario scenario, String version, Outcome.Verdict verdict) {
        return new Outcome(plugin, scenario, version, verdict, Duration.ofMillis(12));
    }

    @Test
    void scenarios_haveNamesOfTheirOwnAndSteps() {
        assertThat(Scenarios.all()).extracting(Scenario::id).doesNotHaveDuplicates();
        assertThat(Scenarios.all()).allSatisfy(s -> assertThat(s.steps()).isNotEmpty());
    }

    @Test
    void text_failure_hasAllItsParts() {
        assertThat(TextReport.of(report()))
                .startsWith(
                        "bridge: 1 passed, 0 failed, 0 skipped\nptp: 0 passed, 1 failed, 1 skipped\n")
                .contains(
                        "  FAILED spec/error-object\n",
                        "    required:  " + FIRST.requirement() + "\n",
                        "    done:      ADD\n",
                        "    expected:  <a> & \"b\"\n",
                        "    repeat:    kakehashi conformance /opt/cni/bin --plugin ptp --scenario"
                                + " spec/error-object --spec 1.1.0\n",
                        "  skipped 1: this kernel has no veth\n")
                .endsWith("\n1 passed, 1 failed, 1 skipped in 2 s\n");
    }

    @Test
    void json_isReadable() throws Exception {
        var json =
                JsonParser.parseObject(
                        JsonReport.of(report()).toPrettyString().getBytes(StandardCharsets.UTF_8));
        assertThat(json.integer("failed", -1)).isOne();
        assertThat(json.objects("outcomes"))
                .extracting(outcome -> outcome.string("verdict", ""))
                .containsExactly("passed", "failed", "skipped");
    }

    @Test
    void junit_isXmlThatServersRead() throws Exception {
        Document document =
                DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(
                                new ByteArrayInputStream(
                                        JunitReport.of(report()).getBytes(StandardCharsets.UTF_8)));
        var suites = document.getElementsByTagName("testsuite");
        assertThat(suites.getLength()).isEqualTo(2);
        Element ptp = (Element) suites.item(1);
        assertThat(ptp.getAttribute("tests")).isEqualTo("2");
        assertThat(ptp.getAttribute("failures")).isEqualTo("1");
        assertThat(document.getElementsByTagName("failure").item(0).getTextContent())
                .contains("expected: <a> & \"b\"");
    }

    @Test
    void html_escapesWhatPluginsSay() {
        assertThat(HtmlReport.of(report()))
                .contains("&lt;a&gt; &amp; &quot;b&quot;", "class=\"failed\"")
                .doesNotContain("<a> &")
                .endsWith("</html>\n");
    }

    @Test
    void markdown_listsWhoFailsWhat() {
        assertThat(MarkdownPage.section("Some maker", report()))
                .startsWith("## Some maker\n")
                .contains(
                        "| ptp | 0 | 1 | 1 |",
                        "| `spec/error-object`: " + FIRST.requirement() + " | ptp |");
    }
}
