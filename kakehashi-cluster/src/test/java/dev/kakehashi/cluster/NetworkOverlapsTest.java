package dev.kakehashi.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.IpPrefix;

import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

class NetworkOverlapsTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private static Network network(String name, int age, String... cidrs) {
        Network network = Network.of(name, Arrays.stream(cidrs).map(IpPrefix::parse).toList());
        Instant created = age < 0 ? Instant.EPOCH : NOW.minusSeconds(age);
        return network.withMetadata(new Metadata(name, Map.of(), created));
    }

    private static final Network OLD = network("old", 9, "10.244.0.0/16", "fd00:1::/56");

    @Test
    void youngerOfTwo_isSetAside_andBothAreNamed() {
        Network younger = network("young", 5, "10.0.0.0/16", "fd00:1:0:20::/64");
        List<Network> all = List.of(younger, OLD);

        assertThat(NetworkOverlaps.problemOf(OLD, all)).isEmpty();
        assertThat(NetworkOverlaps.problemOf(younger, all))
                .contains(
                        "fd00:1:0:20::/64 of Network young overlaps fd00:1::/56 of Network old,"
                                + " which is the elder one; it is set aside until one of the two"
                                + " is changed or deleted");
        Condition said = NetworkOverlaps.accepted(younger, all, NOW);
        assertThat(said.status()).isEqualTo("False");
        assertThat(said.reason()).isEqualTo("Overlaps");
        assertThat(NetworkOverlaps.accepted(OLD, all, NOW).status()).isEqualTo("True");
    }

    @Test
    void networksApart_areAllUsed() {
        Network other = network("other", 5, "10.245.0.0/16");

        assertThat(NetworkOverlaps.problemOf(other, List.of(OLD, other))).isEmpty();
        assertThat(NetworkOverlaps.problemOf(OLD, List.of(OLD, other))).isEmpty();
    }

    @Test
    void ofOneAge_goByName_andWhoseAgeIsUnknownIsTheYoungest() {
        Network a = network("a", 5, "10.1.0.0/16");
        Network b = network("b", 5, "10.1.0.0/17");
        Network ageless = network("0", -1, "10.1.0.0/18");
        List<Network> all = List.of(b, ageless, a);

        assertThat(NetworkOverlaps.problemOf(a, all)).isEmpty();
        assertThat(NetworkOverlaps.problemOf(b, all)).get().asString().contains("Network a,");
        assertThat(NetworkOverlaps.problemOf(ageless, all)).get().asString().contains("Network a,");
    }

    /** The middle one overlaps both others, which are apart. */
    @Test
    void whoIsSetAside_keepsNobodyOut() {
        Network middle = network("middle", 5, "10.244.0.0/15");
        Network young = network("young", 1, "10.245.0.0/16");
        List<Network> all = List.of(young, middle, OLD);

        assertThat(NetworkOverlaps.problemOf(middle, all)).isPresent();
        assertThat(NetworkOverlaps.problemOf(young, all)).isEmpty();
    }
}
