package dev.kakehashi.plugins.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.plugins.Calls;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;

class VlanTrunkTest {

    private static List<Integer> parse(String list) throws CniException {
        return VlanTrunk.parse(Calls.parse("{'vlanTrunk': " + list + "}").objects("vlanTrunk"));
    }

    @Test
    void parse_idsAndRanges_areSortedAndJoined() throws Exception {
        assertThat(parse("[]")).isEmpty();
        assertThat(parse("[{'minID': 10, 'maxID': 12}]")).containsExactly(10, 11, 12);
        assertThat(parse("[{'id': 15}]")).containsExactly(15);
        assertThat(
                        parse(
                                "[{'id': 15}, {'minID': 10, 'maxID': 12, 'id': 4094}, {'id': 11},"
                                        + " {'id': 1}]"))
                .containsExactly(1, 10, 11, 12, 15, 4094);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'minID': 10 | minID and maxID should be configured simultaneously, maxID is missing",
                "'maxID': 10 | minID and maxID should be configured simultaneously, minID is missing",
                "'minID': -1, 'maxID': 4 | incorrect trunk minID parameter",
                "'minID': 0, 'maxID': 4 | incorrect trunk minID parameter",
                "'minID': 4095, 'maxID': 4096 | incorrect trunk minID parameter",
                "'minID': 10, 'maxID': 4095 | incorrect trunk maxID parameter",
                "'minID': 10, 'maxID': -5 | incorrect trunk maxID parameter",
                "'id': 4095 | incorrect trunk id parameter",
                "'id': -1 | incorrect trunk id parameter",
                "'id': 99999999999 | incorrect trunk id parameter",
                "'minID': 20, 'maxID': 10 | minID is greater than maxID in trunk parameter",
            })
    void parse_malformed_saysWhat(String entry, String msg) {
        assertThatThrownBy(() -> parse("[{" + entry + "}]"))
                .isInstanceOfSatisfying(CniException.class, e -> assertThat(e.code()).isEqualTo(7))
                .hasMessage(msg);
    }
}
