package dev.kakehashi.plugins.tuning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.plugins.Calls;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Sysctl;

import org.junit.jupiter.api.Test;

class TuningStateTest {

    @Test
    void compile_setsSwitchesAndAttributes() throws Exception {
        TuningConfig config =
                TuningConfig.parse(
                        Calls.with(
                                        "{'cniVersion': '1.1.0', 'name': 'net', 'type': 'tuning', 'mtu':"
                                                + " 1400, 'promisc': true, 'allmulti': false,"
                                                + " 'txQLen': 50, 'mac': 'c2:11:22:33:44:55',"
                                                + " 'sysctl': {'net.core.somaxconn': '500',"
                                                + " 'net.ipv4.conf.IFNAME.arp_filter': '1'}}")
                                .request(CniCommand.ADD),
                        "eth0.5");
        assertThat(TuningState.compile(config, "eth0.5").in(NamespaceId.CONTAINER))
                .containsExactly(
                        Sysctl.owned("net/core/somaxconn", "500"),
                        Sysctl.ipv4("eth0.5", "arp_filter", "1"),
                        Link.existing("eth0.5")
                                .mac(MacAddress.parse("c2:11:22:33:44:55"))
                                .mtu(1400)
                                .promiscuous(true)
                                .allMulticast(false)
                                .txQueueLength(50)
                                .build());
    }
}
