package dev.kakehashi.cni.result;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Every conversion of a set of results, compared with what libcni 1.3.0 prints for it byte for byte
 * ({@code golden.txt}: {@code create.CreateFromBytes}, {@code GetAsVersion}, {@code PrintTo}).
 */
class GoldenResultTest {
    /**
     * One conversion: the input with its version filled in, the target and what the reference
     * answered.
     */
    record Conversion(String title, String input, String from, String to, String expected) {
        @Override
        public String toString() {
            return title;
        }
    }

    static Stream<Conversion> conversions() throws IOException {
        List<Conversion> conversions = new ArrayList<>();
        for (String section : resource("golden.txt").split("(^|\n)=== ", -1)) {
            if (section.isEmpty()) {
                continue;
            }
            int end = section.indexOf('\n');
            String title = section.substring(0, end);
            String[] words = title.split(" ", -1);
            conversions.add(
                    new Conversion(
                            title,
                            resource(words[0] + ".json").replace("@", words[1]),
                            words[1],
                            words[3],
                            section.substring(end + 1).stripTrailing()));
        }
        assertThat(conversions).hasSize(162);
        return conversions.stream();
    }

    private static String resource(String name) throws IOException {
        try (InputStream in =
                Objects.requireNonNull(
                        GoldenResultTest.class.getResourceAsStream("/results/" + name), name)) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    @ParameterizedTest
    @MethodSource("conversions")
    void convert_printsWhatTheReferencePrints(Conversion conversion) throws Exception {
        assertThat(convert(conversion)).isEqualTo(conversion.expected());
    }

    private static String convert(Conversion conversion) throws CniException {
        JsonObject input = JsonParser.parseObject(conversion.input());
        try {
            return ResultCodec.convert(input, conversion.from(), conversion.to()).toPrettyString();
        } catch (CniException e) {
            assertThat(e.code()).isEqualTo(CniException.DECODING_FAILURE);
            return "error: " + e.getMessage();
        }
    }
}
