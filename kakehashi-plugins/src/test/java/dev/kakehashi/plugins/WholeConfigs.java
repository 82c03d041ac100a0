package dev.kakehashi.plugins;

import dev.kakehashi.cni.json.JsonObject;

import java.io.IOException;
import java.util.List;

/**
 * Configurations of all plugins with as many keys as go together; {@code '} stands for a quotation
 * mark, {@code cniVersion} and {@code name} are left out.
 */
final class WholeConfigs {

    private static final String IPS =
            "'ipam': {'type': 'host-local', 'dataDir': '/ips', 'ranges': [[{'subnet':"
                    + " '192.0.2.0/24', 'rangeStart': '192.0.2.9'}]], 'routes': [{'dst': '10.9.0.0/16', 'gw':"
                    + " '192.0.2.1'}]}";

    private static final String PORTS =
            "'runtimeConfig': {'portMappings': [{'hostPort': 8080, 'containerPort': 80, 'protocol':"
                    + " 'tcp', 'hostIP': '0.0.0.0'}, {'hostPort': 8053, 'containerPort': 53,"
                    + " 'protocol': 'udp', 'hostIP': '2001:db8::1'}]}";

    private WholeConfigs() {}

    /** Plugins that join a container to its host. */
    static List<String> mains() {
        return List.of(
                "'type': 'bridge', 'bridge': 'br0', 'isGateway': true, 'ipMasq': true,"
                        + " 'ipMasqBackend': 'nftables', 'mtu': 1400, "
                        + IPS,
                "'type': 'ptp', 'ipMasq': true, 'ipMasqBackend': 'nftables', 'mtu': 1400, " + IPS);
    }

    /** Plugins of one interface; {@code up0} is for many, {@code nic0} for one. */
    static List<String> interfaces() {
        return List.of(
                "'type': 'macvlan', 'master': 'up0', 'mode': 'bridge', 'mtu': 1400, 'bcqueuelen':"
                        + " 100, 'linkInContainer': false, 'runtimeConfig': {'mac':"
                        + " '02:00:00:00:00:08'}, "
                        + IPS,
                "'type': 'tap', 'multiQueue': true, 'mtu': 1400, 'mac': '02:00:00:00:00:08',"
                        + " 'owner': 0, 'group': 0, "
                        + IPS,
                "'type': 'host-device', 'device': 'nic0', 'hwaddr': '', 'kernelpath': '',"
                        + " 'pciBusID': '', 'runtimeConfig': {'deviceID': ''}, "
                        + IPS);
    }

    /** Those whose kinds of links not every kernel has. */
    static List<String> rareInterfaces() {
        return List.of(
                "'type': 'ipvlan', 'master': 'up0', 'mode': 'l2', 'mtu': 1400, 'linkInContainer':"
                        + " false, "
                        + IPS,
                "'type': 'vlan', 'master': 'up0', 'vlanId': 7, 'mtu': 1400, 'linkInContainer':"
                        + " false, "
                        + IPS,
                "'type': 'dummy', " + IPS);
    }

    /** Plugins behind another. */
    static List<String> chained() {
        return List.of(
                "'type': 'portmap', 'backend': 'nftables', 'snat': true, 'masqAll': false,"
                        + " 'markMasqBit': 13, 'conditionsV4': ['ip', 'saddr', '10.0.0.0/8'],"
                        + " 'conditionsV6': [], "
                        + PORTS,
                "'type': 'portmap', 'backend': 'iptables', 'snat': true, 'masqAll': false,"
                        + " 'markMasqBit': 13, 'conditionsV4': ['-s', '10.0.0.0/8'],"
                        + " 'conditionsV6': [], "
                        + PORTS,
                "'type': 'bandwidth', 'ingressRate': 8000, 'ingressBurst': 80000, 'egressRate':"
                        + " 8000, 'egressBurst': 80000",
                "'type': 'bandwidth', 'runtimeConfig': {'bandwidth': {'ingressRate': 8000,"
                        + " 'ingressBurst': 80000, 'egressRate': 8000, 'egressBurst': 80000}}",
                "'type': 'firewall', 'backend': 'nftables', 'ingressPolicy': 'open',"
                        + " 'iptablesAdminChainName': 'ADMIN', 'firewalldZone': 'trusted'",
                "'type': 'firewall', 'backend': 'iptables', 'ingressPolicy': 'same-bridge',"
                        + " 'iptablesAdminChainName': 'ADMIN'",
                "'type': 'sbr', 'table': 107, 'gateways': ['10.1.2.1', '2001:db8:42::1'],"
                        + " 'addSourceHints': false",
                "'type': 'tuning', 'mac': '02:00:00:00:00:08', 'promisc': true, 'mtu': 1400,"
                        + " 'txQLen': 77, 'allmulti': true, 'dataDir': '/tuning', 'runtimeConfig':"
                        + " {'mac': '02:00:00:00:00:09'}, 'args': {'cni': {'mtu': 1399, 'promisc':"
                        + " false}}");
    }

    /** Those whose kinds of links not every kernel has. */
    static List<String> rareChained() {
        return List.of("'type': 'vrf', 'vrfname': 'red', 'table': 7");
    }

    /** Address management. */
    static List<String> addresses() {
        return List.of(
                "'type': 'host-local', " + IPS,
                "'type': 'static', 'ipam': {'type': 'static', 'addresses': [{'address':"
                        + " '192.0.2.9/24', 'gateway': '192.0.2.1'}]}",
                "'type': 'dhcp', 'ipam': {'type': 'dhcp', 'priority': 7, 'request': [{'option':"
                        + " 'routers'}], 'provide': [{'option': '12', 'value': 'web'}]}");
    }

    /** The whole configuration. */
    static JsonObject json(String keys) {
        return Calls.parse("{'cniVersion': '1.1.0', 'name': 'net', " + keys + "}");
    }

    /** Makes the links on the host that configurations name. */
    static void prepare(PluginBed bed) throws IOException {
        bed.onHost("ip", "link", "add", "up0", "type", "veth", "peer", "up1");
        bed.onHost("ip", "link", "add", "nic0", "type", "veth", "peer", "nic1");
        for (String link : List.of("up0", "up1", "nic0", "nic1")) {
            bed.onHost("ip", "link", "set", link, "addrgenmode", "none", "up");
        }
    }
}
