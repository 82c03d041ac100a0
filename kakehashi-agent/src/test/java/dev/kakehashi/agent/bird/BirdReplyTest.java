package dev.kakehashi.agent.bird;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Replies as BIRD 2.0.12 gave them. */
class BirdReplyTest {
    private static final String PROTOCOLS =
            """
            2002-Name       Proto      Table      State  Since         Info
            1002-kernel4    Kernel     master4    up     2026-11-21 23:19:40 \s
            1006-  Channel ipv4
                 State:          UP
                 Routes:         0 imported, 1 exported, 0 preferred
            \s
            1002-node_10_0_0_2 BGP        ---        up     2026-11-21 23:19:41  Established  \s
            1006-  Description:    node n2
                 BGP state:          Established
                   Neighbor address: 10.0.0.2
                   Neighbor AS:      64512
                   Local AS:         64512
                 Channel ipv4
                   State:          UP
                   Routes:         3 imported, 0 filtered, 2 exported, 1 preferred
            \s
            1002-peer_fd00__fe BGP        ---        start  2026-11-21 23:20:03  Idle          BGP Error: Bad peer AS
            1006-  Description:    BGPPeer tor
                 BGP state:          Idle
                   Neighbor address: fd00::fe
                   Neighbor AS:      64999
                   Local AS:         64512
                   Error wait:       2.155/8
                   Last error:       BGP Error: Bad peer AS
            \s
            0000\s
            """;

    @Test
    void sessions_areReadWithTheirStateAndTheirLastError() {
        assertThat(BirdReply.isWhole(PROTOCOLS)).isTrue();

        assertThat(BgpSession.of(BirdReply.parse(PROTOCOLS)))
                .containsExactly(
                        new BgpSession(
                                "node_10_0_0_2",
                                "node n2",
                                "Established",
                                "2026-11-21 23:19:41",
                                "10.0.0.2",
                                "64512",
                                "64512",
                                3,
                                2,
                                ""),
                        new BgpSession(
                                "peer_fd00__fe",
                                "BGPPeer tor",
                                "Idle",
                                "2026-11-21 23:20:03",
                                "fd00::fe",
                                "64999",
                                "64512",
                                0,
                                0,
                                "BGP Error: Bad peer AS"));
    }

    @Test
    void everyBeginningOfAReply_isNotWhole() {
        for (int end = 0; end < PROTOCOLS.length(); end++) {
            assertThat(BirdReply.isWhole(PROTOCOLS.substring(0, end))).as("%d", end).isFalse();
        }
    }

    @Test
    void refusedConfiguration_isAnError() {
        BirdReply reply =
                BirdReply.parse(
                        "0002-Reading configuration from /b.conf\n8002 /b.conf:3:1 syntax error\n");

        assertThat(reply.error()).isEqualTo("/b.conf:3:1 syntax error");
    }

    @Test
    void acceptedConfiguration_isNone() {
        String reply = "0002-Reading configuration from /b.conf\n0003 Reconfigured\n";

        assertThat(BirdReply.isWhole(reply)).isTrue();
        assertThat(BirdReply.parse(reply).error()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "0", "00", "xyz1 a\n", "1002-\n", "1002-a BGP\n", " \n \n"})
    void garbage_isNoSession(String text) {
        assertThat(BgpSession.of(BirdReply.parse(text))).isEmpty();
    }
}
