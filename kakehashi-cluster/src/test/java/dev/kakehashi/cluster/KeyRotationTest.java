package dev.kakehashi.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.carrier.Way;
import dev.kakehashi.linux.IpPrefix;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;

class KeyRotationTest {
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

    private static Network network(CarrierName carrier, int hours) {
        Network network = Network.of("pods", List.of(IpPrefix.parse("10.244.0.0/16")));
        WireguardSpec wireguard =
                new WireguardSpec(51820, 51821, 0, Duration.ofHours(hours), false);
        return network.withSpec(network.spec().withCarrier(carrier).withWireguard(wireguard));
    }

    private static final Network NETWORK = network(CarrierName.WIREGUARD, 0);

    private static Network saying(String rotation) {
        return NETWORK.withMetadata(NETWORK.metadata().with(Network.WIREGUARD_ROTATION, rotation));
    }

    @Test
    void askedFor_isTheOtherDevice_andForNamedNodesOnly() {
        Network once = KeyRotation.next(NETWORK, Set.of("node-1"), NOON);
        assertThat(once.metadata().annotations())
                .containsEntry(
                        "kakehashi.dev/wireguard-rotation",
                        "{\"device\":2,\"since\":\"2026-11-22T12:00:00Z\",\"nodes\":[\"node-1\"]}");
        assertThat(KeyRotation.of(once).isOf("node-1")).isTrue();
        assertThat(KeyRotation.of(once).isOf("node-2")).isFalse();
        assertThat(Way.wanted(NETWORK)).isEqualTo(Way.WIREGUARD);
        assertThat(Way.wanted(once)).isEqualTo(Way.WIREGUARD_2);

        Network twice = KeyRotation.next(once, Set.of(), NOON);
        assertThat(Way.wanted(twice)).isEqualTo(Way.WIREGUARD);
        assertThat(KeyRotation.of(twice).isOf("node-2")).isTrue();
    }

    @Test
    void whatDoesNotEncrypt_hasOneWay() {
        for (CarrierName carrier : CarrierName.values()) {
            Network next = KeyRotation.next(network(carrier, 0), Set.of(), NOON);
            assertThat(Way.wanted(next))
                    .isEqualTo(
                            carrier == CarrierName.WIREGUARD
                                    ? Way.WIREGUARD_2
                                    : Way.of(carrier, TunnelDevice.FIRST));
        }
        Network crossing = network(CarrierName.HOST_GW, 0);
        crossing = crossing.withSpec(crossing.spec().withCrossSubnet(CrossSubnet.WIREGUARD));
        assertThat(Way.wanted(KeyRotation.next(crossing, Set.of(), NOON))).isEqualTo(Way.HOST_GW_2);
    }

    @ParameterizedTest
    @CsvSource({
        "-1, 2, 0",
        "0, 2, 0",
        "719, 2, 0",
        "720, 1, 720",
        "1439, 1, 720",
        "1440, 2, 1440",
        "7200, 2, 7200",
    })
    void byAge_allNodesComeToTheSame(int hours, int device, int since) {
        Network asked = KeyRotation.next(network(CarrierName.WIREGUARD, 720), Set.of("a"), NOON);

        KeyRotation now = KeyRotation.of(KeyRotation.at(asked, NOON.plus(Duration.ofHours(hours))));

        assertThat(now.device().number()).isEqualTo(device);
        assertThat(now.since()).isEqualTo(NOON.plus(Duration.ofHours(since)));
        assertThat(now.isOf("b")).isEqualTo(since > 0);
    }

    @Test
    void withoutAnAge_timeChangesNothing() {
        assertThat(KeyRotation.at(NETWORK, NOON)).isSameAs(NETWORK);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "?",
                "[]",
                "{}",
                "{\"device\":3}",
                "{\"device\":2,\"since\":\"yesterday\"}",
                "{\"device\":2,\"nodes\":7}",
            })
    void whatCannotBeRead_isTheFirstDevice(String text) {
        assertThat(Way.wanted(saying(text))).isEqualTo(Way.WIREGUARD);
    }

    @Test
    void namesOfWays_areReadBack() {
        for (Way way : Way.values()) {
            assertThat(Way.of(way.toString())).contains(way);
        }
        assertThat(Way.WIREGUARD).hasToString("wireguard");
        assertThat(Way.WIREGUARD_2).hasToString("wireguard-2");
        assertThat(Way.of("wireguard-3")).isEmpty();
    }
}
