package dev.kakehashi.cluster.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cluster.InvalidObjectException;
import dev.kakehashi.cluster.Tree;
import dev.kakehashi.testing.Seeds;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

class YamlDocumentTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                    | f: is empty",
                "'- a'                 | f:1: is not a YAML mapping of fields to values",
                "'a: 1\n---\nb: 2'     | f:2: holds several documents; one file holds one object",
                "'a: &x 1\nb: *x'      | f:2: anchors and aliases are not allowed here",
                "'a: !!binary aaaa'    | f:1: a: the tag tag:yaml.org,2002:binary is not allowed here",
                "'a: 99999999999999999999' | f:1: a: '99999999999999999999' is not a number we can hold",
                "'a: [1, null]'        | f:1: a[1]: an element must not be null",
            })
    void unusableText_isRefusedWithLineAndReason(String text, String message) {
        assertThatThrownBy(() -> YamlDocument.parse("f", text))
                .isInstanceOf(InvalidObjectException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a: [", "a: b: c", "\ta: 1", "a: 'x", "a: 1\na: 2", "? [a]\n: 1", "\u0007"})
    void brokenYaml_isRefused(String text) {
        assertThatThrownBy(() -> YamlDocument.parse("f", text))
                .isInstanceOf(InvalidObjectException.class);
    }

    @Test
    void deepNesting_isRefusedWithoutStackOverflow() {
        assertThatThrownBy(
                        () -> YamlDocument.parse("f", "a: " + "[".repeat(5000) + "]".repeat(5000)))
                .isInstanceOf(InvalidObjectException.class);
    }

    @Test
    void scalars_haveTheTypesOfJson() throws Exception {
        Tree tree =
                YamlDocument.parse(
                                "f",
                                "a: x\nb: 1\nc: true\nd: \"true\"\ne: 1.5\nf:\ng: [x, {y: 2}]\nh: no\n")
                        .tree();

        assertThat(tree.fields())
                .isEqualTo(
                        Map.of(
                                "a",
                                "x",
                                "b",
                                1L,
                                "c",
                                true,
                                "d",
                                "true",
                                "e",
                                1.5,
                                "g",
                                List.of("x", Map.of("y", 2L)),
                                "h",
                                "no"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "no",
                "Yes",
                "off",
                "1",
                "1e3",
                "0x10",
                "02:00:00:12:34:56",
                "12:34:56",
                "2026-01-01",
                "-",
                ".5",
                "",
                " x",
                "x: y",
                "a #b",
                "null",
                "~",
                "*a",
                "&a",
                "!a",
                "@a",
                "%a",
                "line\nline",
                "é",
                "- a",
                "[a]"
            })
    void anyString_isWrittenSoThatItComesBack(String text) throws Exception {
        Tree tree =
                new Tree(
                        Map.of(
                                "key",
                                text,
                                "list",
                                List.of(text),
                                text.isEmpty() ? "k" : text,
                                "v"));

        assertThat(YamlDocument.parse("f", YamlText.write(tree)).tree()).isEqualTo(tree);
    }

    @Test
    void wordsThatYaml11TakesForBooleansOrNumbers_areQuoted() {
        assertThat(YamlText.write(new Tree(Map.of("a", "no")))).isEqualTo("a: \"no\"\n");
        assertThat(YamlText.write(new Tree(Map.of("a", "02:00:00:12:34:56"))))
                .isEqualTo("a: \"02:00:00:12:34:56\"\n");
        assertThat(YamlText.write(new Tree(Map.of("a", "192.0.2.1")))).isEqualTo("a: 192.0.2.1\n");
    }

    @Test
    void rewrite_keepsCommentsOrderAndNotation() throws Exception {
        String text =
                """
                # mine
                b: 1 # one
                a: {x: 'y'}

                # the list
                l:
                  - 1
                  - 2
                """;

        String changed =
                YamlText.rewrite(
                        "f",
                        text,
                        new Tree(Map.of("a", Map.of("x", "y"), "b", 2, "l", List.of(1, 2))));

        assertThat(changed).contains("# mine", "b: 2 # one", "{x: 'y'}", "# the list");
        assertThat(changed.indexOf("b:")).isLessThan(changed.indexOf("a:"));
        assertThat(YamlText.rewrite("f", changed, YamlDocument.parse("f", changed).tree()))
                .isEqualTo(changed);
    }

    @Test
    void randomOctets_neverEscapeAsAnotherException() {
        RandomGenerator random = Seeds.random();
        String alphabet = "ab:-[]{}&*!|>'\"#%@`,?\n\n  \t0.\\\u0000\u2028é";
        for (int i = 0; i < 3000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(40); n > 0; n--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            try {
                YamlDocument.parse("f", text.toString());
            } catch (InvalidObjectException e) {
                assertThat(e.problems()).isNotEmpty();
            } catch (RuntimeException | StackOverflowError e) {
                throw new AssertionError("text: " + text, e);
            }
        }
    }
}
