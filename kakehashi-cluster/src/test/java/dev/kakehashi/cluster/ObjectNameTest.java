package dev.kakehashi.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectNameTest {
    @ParameterizedTest
    @ValueSource(strings = {"a", "node-1", "worker.example.org", "0", "a-b.c-d"})
    void dnsSubdomain_isAName(String name) {
        assertThat(ObjectName.problemOf(name)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "../a",
                "a/b",
                "/etc/passwd",
                "A",
                "a_b",
                "-a",
                "a-",
                "a..b",
                ".a",
                "a.",
                "a b",
                "a\n",
                "a\0",
                "é",
                "node\u202e1"
            })
    void anythingElse_isRefused(String name) {
        assertThat(ObjectName.problemOf(name)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(ints = {254, 64})
    void tooLong_isRefused(int length) {
        assertThat(ObjectName.problemOf("a".repeat(length))).isPresent();
    }
}
