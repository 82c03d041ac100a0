package dev.kakehashi.cni.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.kakehashi.cni.RandomInput;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;

class JsonTest {
    private static JsonObject object(String text) throws JsonException {
        return JsonParser.parseObject(text.replace('\'', '"'));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "null",
                "true",
                "0",
                "-0.10e+05",
                "123456789012345678901234567890",
                "\"a\"",
                "{\"b\":1,\"a\":[1,{\"c\":null}],\"b\":2}",
                "[[],{},\"\"]"
            })
    void compact_parsed_isByteForByteTheSame(String text) throws Exception {
        assertThat(JsonParser.parse(text).toCompactString()).isEqualTo(text);
    }

    @Test
    void pretty_nested_isIndentedByFourWithoutNewlineAtTheEnd() throws Exception {
        assertThat(object("{'a':[],'b':{},'c':[1,{'d':null}],'e':'x'}").toPrettyString())
                .isEqualTo(
                        """
                        {
                            "a": [],
                            "b": {},
                            "c": [
                                1,
                                {
                                    "d": null
                                }
                            ],
                            "e": "x"
                        }\
                        """);
    }

    @Test
    void write_specialCharacters_areEscapedAsGoDoes() {
        String text = "\"\\/<>&\b\f\n\r\t\u0001\u007f\u2028\u2029é橋\ud83c\udf09";

        assertThat(new JsonString(text).toCompactString())
                .isEqualTo(
                        "\"\\\"\\\\/\\u003c\\u003e\\u0026\\b\\f\\n\\r\\t\\u0001\u007f\\u2028\\u2029é橋\ud83c\udf09\"");
    }

    @Test
    void write_loneSurrogates_stayReadable() throws Exception {
        String text = "a\ud83cb\udf09";

        String json = new JsonString(text).toCompactString();

        assertThat(JsonParser.parse(json.getBytes(UTF_8))).isEqualTo(new JsonString(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", " ", "{", "}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "[1,]", "[1 2]", "'a'",
                        "{a:1}", "nul",
                "NaN", "+1", "01", "1.", ".5", "0x1", "{} {}", "{}]", "\"\n\"", "// c\n{}",
                        "\"\\x\"", "\ufeff{} x"
            })
    void parse_noJson_isError6WithThePlace(String text) {
        JsonException e = catchThrowableOfType(JsonException.class, () -> JsonParser.parse(text));

        assertThat(e.code()).isEqualTo(6);
        assertThat(e.msg()).isNotBlank();
    }

    @Test
    void parse_syntaxError_namesLineAndColumn() {
        assertThatThrownBy(() -> JsonParser.parse("{\n  \"a\": x\n}"))
                .hasMessageContaining("line 2, column 8")
                .hasMessageStartingWith("invalid JSON: ");
    }

    @Test
    void parse_brokenUtf8_isRefused() {
        assertThatThrownBy(() -> JsonParser.parse(new byte[] {'"', (byte) 0xc3, '"'}))
                .isInstanceOf(JsonException.class);
    }

    @Test
    void parse_hostileDepth_isRefusedWithoutExhaustingTheStack() {
        String deep = "[".repeat(100_000);

        assertThatThrownBy(() -> JsonParser.parse(deep))
                .isInstanceOf(JsonException.class)
                .hasMessageContaining("depth");
    }

    @Test
    void parse_hostileNumber_isRefused() {
        String digits = "9".repeat(100_000);

        assertThatThrownBy(() -> JsonParser.parse(digits)).isInstanceOf(JsonException.class);
    }

    @Test
    void parseObject_otherKinds_areRefused() {
        assertThatThrownBy(() -> JsonParser.parseObject("[1]"))
                .hasMessage("expected a JSON object, found an array");
    }

    @Test
    void find_anyCase_lastNonNullWins() throws Exception {
        JsonObject json = object("{'Key':1,'KEY':2,'other':null,'key':null}");

        assertThat(json.find("kEy")).contains(JsonNumber.of(2));
        assertThat(json.has("other")).isFalse();
        assertThat(json.exact("Key")).contains(JsonNumber.of(1));
        assertThat(json.exact("key")).contains(JsonNull.NULL);
        assertThat(json.exact("kEy")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "\\ud800,\ufffd",
        "\\udc00x,\ufffdx",
        "\\ud800\\ud800\\udc00,\ufffd\ud800\udc00",
        "\\ud83c\\udf09,\ud83c\udf09"
    })
    void parse_halfOfASurrogatePair_isTheReplacementCharacter(String escaped, String text)
            throws Exception {
        JsonObject json = object("{'x':'" + escaped + "'}");

        assertThat(json.string("x")).contains(text);
        assertThat(json).hasToString("{\"x\":\"" + text + "\"}");
        assertThat(new JsonMember("\ud800", JsonNull.NULL).name()).isEqualTo("\ufffd");
    }

    @Test
    void duplicateNames_differentCase_areNoDuplicates() throws Exception {
        assertThat(object("{'a':1,'A':2,'b':3,'a':4,'a':5,'b':6}").duplicateNames())
                .containsExactly("a", "b");
        assertThat(object("{'a':1,'A':2}").duplicateNames()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "string,'\"x\" must be a string, not a number (1)'",
        "bool,'\"x\" must be true or false, not a number (1)'",
        "object,'\"x\" must be an object, not a number (1)'",
        "array,'\"x\" must be an array, not a number (1)'",
        "strings,'\"x\" must be an array, not a number (1)'"
    })
    void get_wrongKind_namesKeyAndBoth(String getter, String message) throws Exception {
        JsonObject json = object("{'x':1}");

        assertThatThrownBy(
                        () -> {
                            switch (getter) {
                                case "string" -> json.string("x");
                                case "bool" -> json.bool("x", false);
                                case "object" -> json.object("x");
                                case "array" -> json.array("x");
                                default -> json.strings("x");
                            }
                        })
                .isInstanceOf(JsonException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.0", "1e3", "'1'", "true", "[]", "9223372036854775808", "-1.5"})
    void integer_noWholeNumber_isRefused(String value) throws Exception {
        JsonObject json = object("{'x':" + value + "}");

        assertThatThrownBy(() -> json.integer("x")).hasMessageContaining("a whole number");
    }

    @Test
    void integer_wholeNumbers_areRead() throws Exception {
        JsonObject json = object("{'x':-0,'max':9223372036854775807,'min':-9223372036854775808}");

        assertThat(json.integer("x")).hasValue(0);
        assertThat(json.integer("max")).hasValue(Long.MAX_VALUE);
        assertThat(json.integer("min")).hasValue(Long.MIN_VALUE);
        assertThat(json.integer("none")).isEmpty();
        assertThat(json.integer("none", 7)).isEqualTo(7);
        assertThatThrownBy(() -> json.integer("max", 0)).hasMessageContaining("out of range");
    }

    @Test
    void lists_elementOfWrongKind_isNamedByItsIndex() throws Exception {
        JsonObject json = object("{'x':['a',2],'y':[{},[]]}");

        assertThatThrownBy(() -> json.strings("x"))
                .hasMessage("\"x[1]\" must be a string, not a number (2)");
        assertThatThrownBy(() -> json.objects("y"))
                .hasMessage("\"y[1]\" must be an object, not an array");
        assertThat(json.strings("none")).isEmpty();
        assertThat(json.objects("none")).isEmpty();
    }

    @Test
    void with_everySpelling_isReplacedInPlace() throws Exception {
        JsonObject json = object("{'a':1,'Key':2,'b':3,'KEY':4}");

        assertThat(json.with("key", JsonNumber.of(9))).hasToString("{\"a\":1,\"key\":9,\"b\":3}");
        assertThat(json.with("c", JsonNumber.of(9)).find("c")).contains(JsonNumber.of(9));
        assertThat(json.without("keY")).hasToString("{\"a\":1,\"b\":3}");
        assertThat(json.without("none")).isSameAs(json);
    }

    @Test
    void sorted_nestedObjects_areSortedToo() throws Exception {
        assertThat(object("{'b':{'d':1,'c':[{'f':1,'e':2}]},'a':0}").sorted())
                .hasToString("{\"a\":0,\"b\":{\"c\":[{\"e\":2,\"f\":1}],\"d\":1}}");
    }

    @Test
    void writeAndParse_anyTree_givesTheSameTree() throws Exception {
        for (RandomInput random : RandomInput.runs(500)) {
            JsonValue tree = tree(random, 4);
            assertThat(JsonParser.parse(tree.toCompactString())).as("%s", random).isEqualTo(tree);
            assertThat(JsonParser.parse(tree.toPrettyString())).as("%s", random).isEqualTo(tree);
        }
    }

    private static JsonValue tree(RandomInput random, int depth) {
        return switch (random.below(depth > 0 ? 7 : 5)) {
            case 0 -> new JsonString(random.text());
            case 1 -> JsonNumber.of(random.below(1000) - 500);
            case 2 ->
                    new JsonNumber(
                            random.oneOf("1e5", "-0", "0.001", "1.10", "12345678901234567890"));
            case 3 -> JsonBoolean.of(random.flip());
            case 4 -> JsonNull.NULL;
            case 5 -> new JsonArray(random.list(4, () -> tree(random, depth - 1)));
            default -> {
                List<JsonMember> members = new ArrayList<>();
                for (JsonValue value : random.list(4, () -> tree(random, depth - 1))) {
                    members.add(new JsonMember(random.text(), value));
                }
                yield new JsonObject(members);
            }
        };
    }
}
