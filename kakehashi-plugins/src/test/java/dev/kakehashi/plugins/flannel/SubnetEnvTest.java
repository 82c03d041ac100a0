package dev.kakehashi.plugins.flannel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.linux.IpPrefix;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SubnetEnvTest {
    /** As Flannel v0.28.4 writes it. */
    static final String TEXT =
            """
            FLANNEL_NETWORK=10.244.0.0/16
            FLANNEL_SUBNET=10.244.3.1/24
            FLANNEL_MTU=1450
            FLANNEL_IPMASQ=true
            """;

    @Test
    void file_isRead_alsoOfBothFamiliesAndSeveralNetworks() {
        SubnetEnv both =
                SubnetEnv.parse(
                        TEXT.replace("10.244.0.0/16", "10.244.0.0/16,10.245.0.0/16")
                                + "FLANNEL_IPV6_NETWORK=fd00:244::/56\n"
                                + "FLANNEL_IPV6_SUBNET=fd00:244:0:3::1/64\nOTHER=1\n\n");

        assertThat(both.networks())
                .containsExactly(
                        IpPrefix.parse("10.244.0.0/16"),
                        IpPrefix.parse("10.245.0.0/16"),
                        IpPrefix.parse("fd00:244::/56"));
        assertThat(both.subnets())
                .containsExactly(
                        IpPrefix.parse("10.244.3.0/24"), IpPrefix.parse("fd00:244:0:3::/64"));
        assertThat(both.mtu()).isEqualTo(1450);
        assertThat(both.masquerades()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "FLANNEL_MTU=x",
                "FLANNEL_MTU=-1",
                "FLANNEL_NETWORK=",
                "FLANNEL_SUBNET=10.0.0.0/99"
            })
    void fileThatSaysNothing_isRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> SubnetEnv.parse(text));
    }

    @Test
    void delegate_isAsTheOriginalMakesIt() throws Exception {
        FlannelConfig config =
                new FlannelConfig(
                        "cbr0",
                        "0.3.1",
                        "",
                        "",
                        JsonParser.parseObject("{\"hairpinMode\":true,\"mtu\":1400}"),
                        JsonParser.parseObject("{\"routes\":[{\"dst\":\"0.0.0.0/0\"}]}"),
                        JsonObject.EMPTY);

        assertThat(config.delegateOn(SubnetEnv.parse(TEXT)).sorted())
                .isEqualTo(
                        JsonParser.parseObject(
                                        """
                                        {"cniVersion":"0.3.1","hairpinMode":true,"ipMasq":false,
                                         "ipam":{"ranges":[[{"subnet":"10.244.3.0/24"}]],
                                                 "routes":[{"dst":"0.0.0.0/0"},{"dst":"10.244.0.0/16"}],
                                                 "type":"host-local"},
                                         "isGateway":true,"mtu":1400,"name":"cbr0","type":"bridge"}
                                        """)
                                .sorted());
    }
}
