package dev.kakehashi.agent.attach;

import java.util.List;

/**
 * A network whose plugins are interrupted.
 *
 * @param name for people
 * @param plugins of its configuration list; {@code DATA} stands for a directory, {@code '} for a
 *     quotation mark
 * @param victims the types of those that are interrupted
 * @param capabilities what the runtime gives
 */
record CrashedNetwork(
        String name, List<String> plugins, List<String> victims, String capabilities) {

    private static final String IPS =
            "'ipam': {'type': 'host-local', 'dataDir': 'DATA/addresses', 'ranges': [[{'subnet':"
                    + " '10.1.0.0/24'}], [{'subnet': '2001:db8:1::/64'}]], 'routes': [{'dst':"
                    + " '0.0.0.0/0'}, {'dst': '::/0'}]}";

    private static final String STATIC =
            "'ipam': {'type': 'static', 'addresses': [{'address': '10.1.0.9/24', 'gateway':"
                    + " '10.1.0.1'}], 'routes': [{'dst': '0.0.0.0/0'}]}";

    private static final String PTP = "{'type': 'ptp', " + IPS + "}";

    private static final String PORTS =
            "{'portMappings': [{'hostPort': 8080, 'containerPort': 80, 'protocol': 'tcp'},"
                    + " {'hostPort': 8053, 'containerPort': 53, 'protocol': 'udp'}]}";

    private static final String TUNING =
            "{'type': 'tuning', 'dataDir': 'DATA/tuning', 'sysctl': {'net.ipv4.conf.IFNAME.arp_filter':"
                    + " '1'}, 'mac': '02:00:00:00:00:17', 'mtu': 1400, 'promisc': true,"
                    + " 'allmulti': true, 'txQLen': 2000}";

    private static final String BANDWIDTH =
            "{'type': 'bandwidth', 'ingressRate': 8000000, 'ingressBurst': 800000, 'egressRate':"
                    + " 8000000, 'egressBurst': 800000}";

    private static CrashedNetwork of(String name, List<String> plugins, String victim) {
        return new CrashedNetwork(name, plugins, List.of(victim), PORTS);
    }

    private static String portmap(String backend) {
        return "{'type': 'portmap', 'backend': '"
                + backend
                + "', 'capabilities':"
                + " {'portMappings': true}}";
    }

    private static String firewall(String backend) {
        return "{'type': 'firewall', 'backend': '" + backend + "'}";
    }

    /** Of one plugin, behind another where it needs one. */
    static List<CrashedNetwork> single() {
        return List.of(
                of("ptp", List.of("{'type': 'ptp', 'ipMasq': true, " + IPS + "}"), "ptp"),
                of("loopback", List.of("{'type': 'loopback'}"), "loopback"),
                of(
                        "macvlan",
                        List.of("{'type': 'macvlan', 'master': 'up0', " + IPS + "}"),
                        "macvlan"),
                of("tap", List.of("{'type': 'tap', 'multiQueue': true, " + IPS + "}"), "tap"),
                of(
                        "host-device with static",
                        List.of("{'type': 'host-device', 'device': 'nic0', " + STATIC + "}"),
                        "host-device"),
                of(
                        "dhcp",
                        List.of("{'type': 'macvlan', 'master': 'up0', 'ipam': {'type': 'dhcp'}}"),
                        "macvlan"),
                of("tuning", List.of(PTP, TUNING), "tuning"),
                of("bandwidth", List.of(PTP, BANDWIDTH), "bandwidth"),
                of("sbr", List.of(PTP, "{'type': 'sbr'}"), "sbr"),
                of("portmap nftables", List.of(PTP, portmap("nftables")), "portmap"),
                of("portmap iptables", List.of(PTP, portmap("iptables")), "portmap"),
                of("firewall nftables", List.of(PTP, firewall("nftables")), "firewall"),
                of("firewall iptables", List.of(PTP, firewall("iptables")), "firewall"));
    }

    /** The long chain of Podman and more, by one back end. */
    static CrashedNetwork chain(String backend) {
        return new CrashedNetwork(
                "chain with " + backend,
                List.of(
                        "{'type': 'bridge', 'bridge': 'br0', 'isGateway': true, 'ipMasq': true,"
                                + " 'hairpinMode': true, 'ipMasqBackend': '"
                                + backend
                                + "', "
                                + IPS
                                + "}",
                        portmap(backend),
                        "{'type': 'firewall', 'ingressPolicy': 'same-bridge', 'backend': '"
                                + backend
                                + "'}",
                        BANDWIDTH,
                        TUNING),
                List.of("bridge", "portmap", "firewall", "bandwidth", "tuning"),
                PORTS);
    }

    /** The same behind a bridge plugin of others. */
    CrashedNetwork behindForeignBridge() {
        return new CrashedNetwork(
                name + " behind the reference's bridge",
                plugins,
                victims.subList(1, victims.size()),
                capabilities);
    }

    /** As a configuration list. */
    String list(String directory) {
        return ("{'cniVersion': '1.1.0', 'name': 'net', 'plugins': ["
                        + String.join(", ", plugins)
                        + "]}")
                .replace("DATA", directory)
                .replace('\'', '"');
    }

    @Override
    public String toString() {
        return name;
    }
}
