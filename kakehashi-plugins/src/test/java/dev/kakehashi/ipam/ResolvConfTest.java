package dev.kakehashi.ipam;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cni.result.CniDns;

import org.junit.jupiter.api.Test;

import java.util.List;

class ResolvConfTest {

    @Test
    void parse_everyKeyword() {
        assertThat(
                        ResolvConf.parse(
                                """
                                # a comment
                                  ; another
                                nameserver 192.0.2.0  and more
                                nameserver 192.0.2.1
                                nameserver
                                domain first.example
                                domain example.com
                                search example.net example.org
                                search example.edu
                                options one two
                                options three
                                sortlist 130.155.160.0
                                """
                                        .lines()
                                        .toList()))
                .isEqualTo(
                        new CniDns(
                                List.of("192.0.2.0", "192.0.2.1"),
                                "example.com",
                                List.of("example.net", "example.org", "example.edu"),
                                List.of("one", "two", "three")));
    }
}
