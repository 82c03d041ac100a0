package dev.kakehashi.plugins.bandwidth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.linux.rtnetlink.QdiscKind;
import dev.kakehashi.plugins.Calls;
import dev.kakehashi.plugins.GoldenPlan;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.testing.Seeds;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

class BandwidthStateTest {

    private static final Attachment ATTACHMENT = new Attachment("net", "container-1", "eth0");

    private static BandwidthConfig config(String keys) throws CniException {
        return BandwidthConfig.parse(
                Calls.with(
                                "{'cniVersion': '1.1.0', 'name': 'net', 'type': 'bandwidth', "
                                        + keys
                                        + "}")
                        .request(CniCommand.ADD));
    }

    @Test
    void compile_shapesBothDirections() throws Exception {
        GoldenPlan.assertPlan(
                BandwidthState.compile(
                        config(
                                "'ingressRate': 8000000, 'ingressBurst': 80000, 'egressRate':"
                                        + " 16000000, 'egressBurst': 160000"),
                        ATTACHMENT,
                        "veth0",
                        1400),
                "bandwidth");
    }

    @ParameterizedTest
    @ValueSource(strings = {"shaped", "unshaped"})
    void compile_ofSubnets(String which) throws Exception {
        GoldenPlan.assertPlan(
                BandwidthState.compile(
                        config(
                                "'ingressRate': 8000000, 'ingressBurst': 80000, 'egressRate':"
                                        + " 16000000, 'egressBurst': 160000, '"
                                        + which
                                        + "Subnets': ['10.1.2.3/8', '2001:db8::/32']"),
                        ATTACHMENT,
                        "veth0",
                        1400),
                "bandwidth-" + which);
    }

    @Test
    void subnetsOfTheConfiguration_countForLimitsOfTheRuntime() throws Exception {
        String runtime =
                "'runtimeConfig': {'bandwidth': {'egressRate': 80000, 'egressBurst': 80000,"
                        + " 'shapedSubnets': ['10.2.0.0/16']}}";
        assertThat(config(runtime).selection().subnets()).hasToString("[10.2.0.0/16]");
        BandwidthConfig both = config("'unshapedSubnets': ['10.3.0.0/16'], " + runtime);
        assertThat(both.egress()).isPresent();
        assertThat(both.selection().subnets()).hasToString("[10.3.0.0/16]");
        assertThat(both.selection().only()).isFalse();
    }

    @Test
    void compile_ofOneDirection_leavesTheOther() throws Exception {
        assertThat(
                        BandwidthState.compile(
                                        config("'ingressRate': 8000000, 'ingressBurst': 80000"),
                                        ATTACHMENT,
                                        "veth0",
                                        1500)
                                .toString())
                .contains("ROOT")
                .doesNotContain("INGRESS", "bwp");
    }

    @Test
    void names_differBetweenInterfacesOfOneContainer() {
        Attachment other = new Attachment("net", "container-1", "eth1");
        assertThat(IfbNames.of(ATTACHMENT)).hasSize(15).startsWith("bwp");
        assertThat(IfbNames.of(ATTACHMENT)).isNotEqualTo(IfbNames.of(other));
        assertThat(IfbNames.ofReference(ATTACHMENT)).isEqualTo(IfbNames.ofReference(other));
    }

    @Test
    void runtimeConfig_countsOnlyWithoutKeysInTheConfiguration() throws Exception {
        String runtime =
                "'runtimeConfig': {'bandwidth': {'ingressRate': 800, 'ingressBurst': 1600}}";
        assertThat(config(runtime).ingress()).contains(new Limit(800, 1600));
        BandwidthConfig both = config("'egressRate': 8, 'egressBurst': 80, " + runtime);
        assertThat(both.ingress()).isEmpty();
        assertThat(both.egress()).contains(new Limit(8, 80));
        assertThat(config("'egressRate': 0, " + runtime).isUnlimited()).isTrue();
    }

    @Test
    void bucket_holdsTheBurstAnd25MillisecondsOfTheRate() {
        assertThat(new Limit(8_000_000, 80_000).bucket())
                .isEqualTo(new QdiscKind.Tbf(1_000_000, 10_000, 35_000));
        assertThat(new Limit(8L << 40, (0xffff_ffffL - 1) * 8).bucket().limit())
                .isEqualTo(0xffff_ffffL);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'ingressRate': 100 | if rate is set, burst must also be set",
                "'egressBurst': 100 | if burst is set, rate must also be set",
                "'egressRate': 100, 'egressBurst': 34359738360 | burst cannot be more than 4GB",
                "'egressRate': 4, 'egressBurst': 100 | invalid rate: 4",
                "'egressRate': 100, 'egressBurst': 4 | invalid burst: 4",
                "'egressRate': -1, 'egressBurst': 4 | cannot be negative",
                "'egressRate': '1M' | egressRate",
                "'shapedSubnets': ['10.0.0.0/8'], 'unshapedSubnets': ['10.1.0.0/16'] |"
                        + " unshapedSubnets and shapedSubnets cannot be both specified",
                "'shapedSubnets': ['10.0.0.0/33'] | bad subnet \"10.0.0.0/33\" provided",
                "'unshapedSubnets': ['net'] | bad subnet \"net\" provided",
                "'unshapedSubnets': '10.0.0.0/8' | unshapedSubnets"
            })
    void parse_invalid_isRefused(String keys, String text) {
        assertThatThrownBy(() -> config(keys)).hasMessageContaining(text);
    }

    @Test
    void parse_justBelow4GB_isTaken() throws Exception {
        assertThat(config("'egressRate': 100, 'egressBurst': 34359738359").egress()).isPresent();
    }

    /** What a runtime may hand over: limits that the kernel's 32 bits can say, or refused. */
    @Test
    void anyArguments_areLimitsOrRefused() {
        RandomGenerator random = Seeds.random();
        String[] keys = {"ingressRate", "ingressBurst", "egressRate", "egressBurst"};
        for (int i = 0; i < 20_000; i++) {
            StringBuilder json = new StringBuilder();
            for (String key : keys) {
                if (random.nextInt(8) > 0) {
                    json.append(json.isEmpty() ? "" : ", ")
                            .append("'" + key + "': ")
                            .append(number(random));
                }
            }
            String runtime = "'runtimeConfig': {'bandwidth': {" + json + "}}";
            try {
                BandwidthConfig config = config(runtime);
                for (Optional<Limit> limit : List.of(config.ingress(), config.egress())) {
                    if (limit.isPresent()) {
                        QdiscKind.Tbf bucket = limit.get().bucket();
                        assertThat(bucket.rate()).as(runtime).isPositive();
                        assertThat(bucket.burst()).as(runtime).isBetween(1L, 0xffff_ffffL);
                        assertThat(bucket.limit())
                                .as(runtime)
                                .isBetween(bucket.burst(), 0xffff_ffffL);
                    }
                }
            } catch (CniException e) {
                assertThat(e.code()).as(runtime).isIn(6, 7);
                assertThat(e.getMessage()).as(runtime).isNotBlank();
            }
        }
    }

    private static String number(RandomGenerator random) {
        return switch (random.nextInt(8)) {
            case 0 -> Long.toString(random.nextLong());
            case 1 -> Long.toString(Long.MAX_VALUE - random.nextInt(3));
            case 2 -> Integer.toString(random.nextInt(-2, 20));
            case 3 -> Long.toString(8L * 0xffff_ffffL + random.nextInt(-20, 20));
            case 4 -> "1e" + random.nextInt(400);
            case 5 -> random.nextBoolean() ? "'1M'" : "18446744073709551615";
            default -> Long.toString(random.nextLong(1L << random.nextInt(1, 40)));
        };
    }
}
