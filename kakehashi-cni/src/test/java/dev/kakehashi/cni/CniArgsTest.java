package dev.kakehashi.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Set;

class CniArgsTest {
    private static final Set<String> KNOWN = Set.of("IP", "MAC");

    @Test
    void parse_knownKeys_areRead() throws Exception {
        assertThat(CniArgs.parse("", KNOWN)).isEmpty();
        assertThat(CniArgs.parse("IP=10.1.2.3/24;MAC=", KNOWN))
                .containsEntry("IP", "10.1.2.3/24")
                .containsEntry("MAC", "")
                .hasSize(2);
        assertThat(CniArgs.parse("IP=a;IP=b", KNOWN)).containsEntry("IP", "b");
    }

    @ParameterizedTest
    @CsvSource({"1", "true", "TRUE", "True"})
    void parse_unknownKeysIgnored_areLeftOut(String yes) throws Exception {
        assertThat(CniArgs.parse("K8S_POD_NAME=x;IP=a;IgnoreUnknown=" + yes, KNOWN))
                .containsOnlyKeys("IP");
    }

    @ParameterizedTest
    @CsvSource({
        "'FOO=bar','ARGS: unknown args [\"FOO=bar\"]'",
        "'FOO=bar;IP=a;ip=b','ARGS: unknown args [\"FOO=bar\" \"ip=b\"]'",
        "'IgnoreUnknown=0;FOO=bar','ARGS: unknown args [\"FOO=bar\"]'",
        "'IgnoreUnknown=false;FOO=bar','ARGS: unknown args [\"FOO=bar\"]'",
        "'ignoreunknown=1','ARGS: unknown args [\"ignoreunknown=1\"]'",
        "'IP=a;','ARGS: invalid pair \"\"'",
        "';','ARGS: invalid pair \"\"'",
        "'IP','ARGS: invalid pair \"IP\"'",
        "'IP=a=b','ARGS: invalid pair \"IP=a=b\"'",
        "'IgnoreUnknown=maybe','ARGS: error parsing value of pair \"IgnoreUnknown=maybe\": boolean"
                + " unmarshal error: invalid input maybe'"
    })
    void parse_malformed_isRefusedWithTheReferencesText(String args, String msg) {
        CniException e = catchThrowableOfType(CniException.class, () -> CniArgs.parse(args, KNOWN));

        assertThat(e.msg()).isEqualTo(msg);
        assertThat(e.code()).isEqualTo(4);
    }

    @Test
    void parseLenient_whatIsNoPair_isSkipped() {
        assertThat(CniArgs.parseLenient("a;b=c;d=e=f;;=g;h=;"))
                .containsEntry("b", "c")
                .containsEntry("d", "e=f")
                .containsEntry("", "g")
                .containsEntry("h", "")
                .hasSize(4);
        assertThat(CniArgs.parseLenient("")).isEmpty();
    }

    @Test
    void parse_anyText_isReadOrRefusedInTheReferencesWords() {
        String alphabet = "IPMACgnoreUk=;;==01truefalse \u0000\n%\"\\é\ud83d";
        for (RandomInput random : RandomInput.runs(20_000)) {
            StringBuilder text = new StringBuilder();
            for (int i = random.below(30); i > 0; i--) {
                text.append(
                        random.below(4) == 0
                                ? "IP="
                                : String.valueOf(alphabet.charAt(random.below(alphabet.length()))));
            }
            String args = text.toString();
            CniException refused =
                    catchThrowableOfType(
                            CniException.class,
                            () ->
                                    assertThat(CniArgs.parse(args, KNOWN))
                                            .allSatisfy(
                                                    (key, _) -> assertThat(KNOWN).contains(key)));
            if (refused != null) {
                assertThat(refused.code()).as(args).isEqualTo(CniException.INVALID_ENVIRONMENT);
                assertThat(refused.getMessage()).as(args).startsWith("ARGS: ");
            }
            assertThat(CniArgs.parseLenient(args).keySet())
                    .as(args)
                    .noneMatch(key -> key.contains(";") || key.contains("="));
        }
    }
}
