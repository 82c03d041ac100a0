package dev.kakehashi.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.testing.KernelTest;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

import javax.xml.parsers.DocumentBuilderFactory;

/** {@code kakehashi conformance}: what it plays, what it says, how it ends. */
@KernelTest
class ConformanceCommandTest {
    private static final Path PLUGINS =
            Path.of(System.getProperty("kakehashi.dist", "../dist"), "cni").toAbsolutePath();

    private static final String VERSION = "spec/version-answer";

    @TempDir Path directory;

    private static Captured conformance(String... arguments) {
        List<String> line = new ArrayList<>(List.of("conformance"));
        line.addAll(List.of(arguments));
        return Captured.of(() -> Kakehashi.run(line.toArray(String[]::new)));
    }

    private static String plugins() {
        assumeTrue(
                Files.isExecutable(PLUGINS.resolve("loopback")),
                "needs the plugins in " + PLUGINS + ": make build");
        return PLUGINS.toString();
    }

    /** A plugin that answers everything with the same words. */
    private String broken() throws Exception {
        Path plugin = directory.resolve("loopback");
        Files.writeString(plugin, "#!/bin/sh\necho '{\"cniVersion\": \"9.9.9\"}'\n");
        Files.setPosixFilePermissions(plugin, PosixFilePermissions.fromString("rwxr-xr-x"));
        return directory.toString();
    }

    private static Element suite(Captured run) throws Exception {
        Document document =
                DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(
                                new ByteArrayInputStream(
                                        run.out().getBytes(StandardCharsets.UTF_8)));
        assertThat(document.getDocumentElement().getTagName()).isEqualTo("testsuites");
        assertThat(document.getElementsByTagName("testsuite").getLength()).isEqualTo(1);
        return (Element) document.getElementsByTagName("testsuite").item(0);
    }

    @Test
    void list_namesScenariosWithWhatTheyRequire_andNeedsNoPlugins() {
        Captured list = conformance("--list");
        assertThat(list.status()).isZero();
        assertThat(list.out()).containsPattern("SCENARIO +SINCE +SPEC +REQUIRES");
        assertThat(list.out().lines()).hasSizeGreaterThan(100);
        assertThat(list.out().lines()).anyMatch(line -> line.startsWith(VERSION));
        assertThat(list.out()).containsPattern("spec/add-name-taken +0.1.0 +S28 +ADD fails when");
    }

    @Test
    void goodPlugin_ends0_inEveryForm() throws Exception {
        String[] some = {plugins(), "--plugin", "loopback", "--scenario", VERSION};
        Captured text = conformance(some);
        assertThat(text.status()).as(text.out()).isZero();
        assertThat(text.out()).contains("loopback");

        Captured junit = conformance(with(some, "-o", "junit"));
        assertThat(junit.status()).isZero();
        Element suite = suite(junit);
        assertThat(suite.getAttribute("name")).isEqualTo("loopback");
        assertThat(suite.getAttribute("failures")).isEqualTo("0");
        int cases = suite.getElementsByTagName("testcase").getLength();
        assertThat(cases).isPositive();
        assertThat(suite.getAttribute("tests")).isEqualTo(Integer.toString(cases));

        Captured json = conformance(with(some, "-o", "json", "--jobs", "1"));
        assertThat(json.status()).isZero();
        assertThat(JsonParser.parseObject(json.out()).toString()).contains(VERSION);

        Captured html = conformance(with(some, "-o", "html", "--spec", "1.0.0"));
        assertThat(html.status()).isZero();
        assertThat(html.out()).contains("<html").contains("loopback");
    }

    @Test
    void brokenPlugin_ends1_withWhatWasExpectedAndSeen() throws Exception {
        String[] some = {broken(), "--scenario", VERSION, "--timeout", "10"};
        Captured text = conformance(some);
        assertThat(text.status()).as(text.out()).isEqualTo(1);
        assertThat(text.out()).contains("9.9.9");

        Captured junit = conformance(with(some, "-o", "junit"));
        assertThat(junit.status()).isEqualTo(1);
        Element suite = suite(junit);
        assertThat(suite.getAttribute("failures")).isNotEqualTo("0");
        assertThat(suite.getElementsByTagName("failure").item(0).getTextContent())
                .contains("expected: ")
                .contains("9.9.9")
                .contains("repeat: ");
    }

    @Test
    void mistakes_endOtherwise_andSayWhatToDo() throws Exception {
        Captured folder = conformance();
        assertThat(folder.status()).isEqualTo(2);
        assertThat(folder.err()).contains("say which folder has the plugins");

        Captured form = conformance(directory.toString(), "-o", "pdf");
        assertThat(form.status()).isEqualTo(2);
        assertThat(form.err()).containsIgnoringCase("text, json, junit, html");

        assertThat(conformance(directory.toString(), "--spec", "7.0").status()).isEqualTo(2);

        Captured nothing = conformance(broken(), "--scenario", "no.such.scenario");
        assertThat(nothing.status()).isEqualTo(1);
        assertThat(nothing.err()).contains("--list");

        Captured config =
                conformance(broken(), "--config", "loopback=" + directory.resolve("absent"));
        assertThat(config.status()).isEqualTo(1);
        assertThat(config.err()).contains("absent").contains("--config loopback");
    }

    private static String[] with(String[] some, String... more) {
        List<String> all = new ArrayList<>(List.of(some));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }
}
