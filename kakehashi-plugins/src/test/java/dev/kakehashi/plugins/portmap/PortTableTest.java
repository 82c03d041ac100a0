package dev.kakehashi.plugins.portmap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.plugins.Calls;
import dev.kakehashi.plugins.GoldenPlan;
import dev.kakehashi.plugins.attachment.Attachment;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;

class PortTableTest {

    private static final Attachment ATTACHMENT = new Attachment("net", "container-1", "eth0");
    private static final String MAPPINGS =
            ", 'runtimeConfig': {'portMappings': [{'hostPort': 8080, 'containerPort': 80},"
                    + " {'hostPort': 8081, 'containerPort': 80}, {'hostPort': 53, 'containerPort': 53,"
                    + " 'protocol': 'udp', 'hostIP': '192.0.2.1'}, {'hostPort': 53, 'containerPort': 53,"
                    + " 'protocol': 'udp', 'hostIP': '2001:db8:ff::1'}]}";

    private static PortmapConfig config(String keys) throws Exception {
        return PortmapConfig.parse(
                Calls.with(
                                "{'cniVersion': '1.1.0', 'name': 'net', 'type': 'portmap'%s%s}"
                                        .formatted(keys, MAPPINGS))
                        .request(CniCommand.ADD));
    }

    private static void golden(String name, String keys) throws Exception {
        PortmapConfig config = config(keys);
        GoldenPlan.assertPlan(
                HostPorts.state(
                        List.of(
                                published("10.1.2.2/24", config),
                                published("2001:db8:42::2/64", config))),
                name);
    }

    private static Published published(String address, PortmapConfig config) {
        return new Published(ATTACHMENT, IpPrefix.parse(address), config, Optional.of("cni0"));
    }

    @Test
    void publishedPorts() throws Exception {
        golden("portmap", "");
    }

    @Test
    void publishedPorts_allMasqueraded() throws Exception {
        golden("portmap-masquerade-all", ", 'masqAll': true");
    }

    @Test
    void publishedPorts_underConditions() throws Exception {
        golden(
                "portmap-conditions",
                ", 'snat': false, 'conditionsV4': ['ip', 'saddr', '192.0.2.0/24']");
    }

    @Test
    void conditions_areOneRuleForEachFamilyAndHook() throws Exception {
        PortmapConfig config = config(", 'conditionsV4': ['ip', 'saddr', '!=', '{ 192.0.2.1 }']");
        PortTable table = PortTable.of("net");
        String where = " inet " + table.table().id().name() + " ";
        assertThat(
                        PortConditions.commands(table, config)
                                .lines()
                                .map(line -> line.replaceAll(" comment.*", "")))
                .containsExactly(
                        "flush chain" + where + "prerouting",
                        "add rule"
                                + where
                                + "prerouting meta nfproto ipv4 ip saddr != { 192.0.2.1 }"
                                + " fib daddr type local jump ports",
                        "add rule"
                                + where
                                + "prerouting meta nfproto ipv6 fib daddr type local jump"
                                + " ports",
                        "flush chain" + where + "output",
                        "add rule"
                                + where
                                + "output meta nfproto ipv4 ip saddr != { 192.0.2.1 } fib"
                                + " daddr type local jump ports",
                        "add rule"
                                + where
                                + "output meta nfproto ipv6 fib daddr type local jump ports");
    }
}
