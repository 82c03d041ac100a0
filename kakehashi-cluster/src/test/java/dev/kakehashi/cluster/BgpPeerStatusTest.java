package dev.kakehashi.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.yaml.YamlDocument;
import dev.kakehashi.cluster.yaml.YamlText;
import dev.kakehashi.linux.IpAddresses;

import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.Optional;

class BgpPeerStatusTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Optional<String> SILENT = Optional.of("no answer");

    private static BgpPeerStatus said(BgpPeerStatus status, String node, Optional<String> reason) {
        return status.said(node, reason, _ -> true, NOW);
    }

    private static Condition established(BgpPeerStatus status) {
        return status.conditions().getFirst();
    }

    @Test
    void theFirstThatStands_saysSo_andTheNextNothing() {
        BgpPeerStatus first = said(BgpPeerStatus.UNSEEN, "node-1", Optional.empty());

        assertThat(established(first).status()).isEqualTo("True");
        assertThat(first.said("node-2", Optional.empty(), _ -> true, NOW.plusSeconds(9)))
                .isEqualTo(first);
    }

    @Test
    void whoIsDown_isNamedWithItsReason_untilItStands() {
        BgpPeerStatus two = said(said(BgpPeerStatus.UNSEEN, "b", SILENT), "a", Optional.of("AS"));
        assertThat(established(two).message()).isEqualTo("a: AS; b: no answer");
        assertThat(established(two).status()).isEqualTo("False");

        BgpPeerStatus one = said(two, "a", Optional.empty());
        assertThat(one.names("a")).isFalse();
        assertThat(established(one).status()).isEqualTo("False");
        assertThat(established(said(one, "b", Optional.empty())).status()).isEqualTo("True");
    }

    @Test
    void nodesThatAreGone_areNotWaitedFor() {
        BgpPeerStatus gone = said(BgpPeerStatus.UNSEEN, "gone", SILENT);

        assertThat(established(gone.said("a", Optional.empty(), "a"::equals, NOW)).status())
                .isEqualTo("True");
    }

    @Test
    void thousandsThatAreDown_changeItOnlyTenTimes() {
        BgpPeerStatus status = BgpPeerStatus.UNSEEN;
        int changes = 0;
        for (int i = 0; i < 5000; i++) {
            BgpPeerStatus next = said(status, "node-" + i, SILENT);
            changes += next.equals(status) ? 0 : 1;
            status = next;
        }
        assertThat(changes).isEqualTo(BgpPeerStatus.MOST);
        assertThat(established(status).message()).endsWith("and perhaps more");
    }

    @Test
    void status_isReadBackAsItWasWritten() throws Exception {
        BgpPeerSpec spec =
                BgpPeerSpec.of(new BgpTarget.Router(IpAddresses.parse("192.0.2.254"), 64513, 179));
        BgpPeer peer = BgpPeer.of("tor", spec).withStatus(said(BgpPeerStatus.UNSEEN, "a", SILENT));

        YamlDocument written =
                YamlDocument.parse("tor", YamlText.write(Kind.BGP_PEER.encode(peer)));
        var read = Kind.BGP_PEER.decode("tor", written.tree(), written.lines());

        assertThat(read.warnings()).isEmpty();
        assertThat(read.object().status()).isEqualTo(peer.status());
    }
}
