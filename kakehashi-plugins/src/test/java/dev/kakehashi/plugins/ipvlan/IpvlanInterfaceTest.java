package dev.kakehashi.plugins.ipvlan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.result.ResultCodec;
import dev.kakehashi.plugins.Calls;
import dev.kakehashi.plugins.GoldenPlan;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.single.InterfaceState;
import dev.kakehashi.state.LinkRef;

import org.junit.jupiter.api.Test;

import java.util.Optional;

class IpvlanInterfaceTest {

    private static IpvlanInterface made(String keys) throws Exception {
        IpvlanConfig config =
                IpvlanConfig.parse(
                        Calls.with(
                                        "{'cniVersion': '1.1.0', 'name': 'n', 'type': 'ipvlan'"
                                                + keys
                                                + "}")
                                .request(CniCommand.ADD));
        return new IpvlanInterface(
                new Attachment("net", "container-1", "eth0"),
                config,
                LinkRef.host("ens1"),
                Optional.empty());
    }

    @Test
    void layer3_hasAddressesAndAnnouncesThem() throws Exception {
        GoldenPlan.assertPlan(
                InterfaceState.layer3(
                        made(", 'mode': 'l3s', 'mtu': 1400"),
                        ResultCodec.decode(
                                Calls.parse(
                                        "{'cniVersion': '1.1.0', 'ips': [{'address':"
                                                + " '10.1.2.2/24'}, {'address':"
                                                + " '2001:db8:42::2/64'}], 'routes': [{'dst':"
                                                + " '0.0.0.0/0'}]}"))),
                "ipvlan");
    }

    @Test
    void duplicates_areLookedForOnLayer2Only() throws Exception {
        assertThat(made("").hasNeighbours()).isTrue();
        assertThat(made(", 'mode': 'l3'").hasNeighbours()).isFalse();
    }

    @Test
    void unknownMode_isRefused() {
        assertThatThrownBy(() -> made(", 'mode': 'l4'"))
                .isInstanceOfSatisfying(
                        CniException.class,
                        e -> assertThat(e.code()).isEqualTo(CniException.INVALID_CONFIG))
                .hasMessageStartingWith("unknown ipvlan mode: \"l4\"");
    }
}
