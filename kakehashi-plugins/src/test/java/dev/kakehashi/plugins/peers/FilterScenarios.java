package dev.kakehashi.plugins.peers;

import dev.kakehashi.plugins.attachment.Sha512;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The configurations of chained plugins that change the host's packet filter. */
final class FilterScenarios {

    private static final String V4 = "{'address': '10.1.2.2/24', 'interface': 1%s}";
    private static final String V6 = "{'address': '2001:db8:42::2/64', 'interface': 1%s}";

    /** What leads to the container. */
    private static final List<String> BRIDGE =
            List.of(
                    "ip link add br0 type bridge",
                    "ip address add 10.1.2.1/24 dev br0",
                    "ip address add 2001:db8:42::1/64 dev br0 nodad",
                    "ip link set br0 up");

    private static final String MAPPINGS =
            "[{'hostPort': 8080, 'containerPort': 80, 'protocol': 'tcp'}, {'hostPort': 8081,"
                    + " 'containerPort': 80, 'protocol': 'tcp'}, {'hostPort': 8080, 'containerPort': 81,"
                    + " 'protocol': 'udp'}, {'hostPort': 8082, 'containerPort': 82, 'protocol': 'udp'},"
                    + " {'hostPort': 8083, 'containerPort': 83, 'protocol': 'tcp', 'hostIP':"
                    + " '192.168.0.2'}, {'hostPort': 8084, 'containerPort': 84, 'protocol': 'tcp',"
                    + " 'hostIP': '0.0.0.0'}, {'hostPort': 8085, 'containerPort': 85, 'protocol': 'tcp',"
                    + " 'hostIP': '2001:db8:a::1'}, {'hostPort': 8086, 'containerPort': 86, 'protocol':"
                    + " 'tcp', 'hostIP': '::'}]";

    private FilterScenarios() {}

    static List<Scenario> all() {
        List<Scenario> all = new ArrayList<>();
        portmap(all);
        firewall(all);
        return all;
    }

    /** The chains of the container, which ours and theirs name otherwise. */
    static Map<String, String> chains() {
        return Map.of(
                "CNI-DN-" + Sha512.hex("netcontainer-1", 21), "CNI-DN-<container>",
                "CNI-DN-" + Sha512.hex("netcontainer-1/eth0", 21), "CNI-DN-<container>");
    }

    private static Scenario of(String name, String version, String keys, String... moreCommands) {
        List<String> commands = new ArrayList<>(BRIDGE);
        commands.addAll(List.of(moreCommands));
        String type = name.substring(0, name.indexOf(' ')).replace(",", "");
        return new Scenario(
                name,
                "{'cniVersion': '%s', 'name': 'net', 'type': '%s'%s%s}"
                        .formatted(version, type, keys.isEmpty() ? "" : ", ", keys),
                Map.of("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere"),
                commands);
    }

    private static String behind(String version, String... addresses) {
        boolean old = version.startsWith("0.");
        List<String> all = new ArrayList<>();
        for (String address : addresses) {
            all.add(
                    address.formatted(
                            old
                                    ? ", 'version': '%s'".formatted(address.equals(V4) ? "4" : "6")
                                    : ""));
        }
        return ("'prevResult': {'cniVersion': '%s', 'interfaces': [{'name': 'br0'}, {'name': 'eth0',"
                        + " 'sandbox': '/run/netns/x'}], 'ips': [%s]}")
                .formatted(version, String.join(", ", all));
    }

    private static String mappings(String mappings) {
        return "'runtimeConfig': {'portMappings': %s}".formatted(mappings);
    }

    private static String iptables(String keys) {
        return "'backend': 'iptables', "
                + keys
                + mappings(MAPPINGS)
                + ", "
                + behind("1.0.0", V4, V6);
    }

    private static void portmap(List<Scenario> all) {
        for (String version : List.of("0.3.1", "0.4.0", "1.0.0", "1.1.0")) {
            all.add(
                    of(
                            "portmap " + version,
                            version,
                            mappings(MAPPINGS) + ", " + behind(version, V4)));
        }
        all.add(of("portmap, both families", "1.0.0", iptables("")));
        all.add(of("portmap, without snat", "1.0.0", iptables("'snat': false, ")));
        all.add(of("portmap, all masqueraded", "1.0.0", iptables("'masqAll': true, ")));
        all.add(of("portmap, another mark", "1.0.0", iptables("'markMasqBit': 5, ")));
        all.add(
                of(
                        "portmap, mark of others",
                        "1.0.0",
                        iptables("'externalSetMarkChain': 'PLZ-SET-MARK', "),
                        "iptables -t nat -N PLZ-SET-MARK",
                        "ip6tables -t nat -N PLZ-SET-MARK"));
        all.add(
                of(
                        "portmap, conditions",
                        "1.0.0",
                        iptables(
                                "'conditionsV4': ['!', '-s', '192.0.2.0/24'], 'conditionsV6': ['!', '-s',"
                                        + " '2001:db8:ff::/64'], ")));
        StringBuilder many = new StringBuilder("[");
        for (int port = 1; port <= 20; port++) {
            many.append(port == 1 ? "" : ", ")
                    .append(
                            "{'hostPort': %d, 'containerPort': 80, 'protocol': 'tcp'}"
                                    .formatted(port));
        }
        all.add(
                of(
                        "portmap, many ports",
                        "1.0.0",
                        mappings(many.append(']').toString()) + ", " + behind("1.0.0", V4)));
        all.add(of("portmap, nothing to publish", "1.0.0", behind("1.0.0", V4)));
        String nftables = "'backend': 'nftables', " + mappings(MAPPINGS) + ", ";
        all.add(of("portmap, nftables", "1.1.0", nftables + behind("1.1.0", V4, V6)));
        all.add(
                of(
                        "portmap, nftables with conditions",
                        "1.1.0",
                        nftables
                                + "'conditionsV4': ['ip', 'saddr', '!=', '192.0.2.0/24'], "
                                + behind("1.1.0", V4)));
        String[][] refused = {
            {"unchained", mappings(MAPPINGS)},
            {"host port 0", mappings("[{'hostPort': 0, 'containerPort': 1, 'protocol': 'tcp'}]")},
            {
                "container port 0",
                mappings("[{'hostPort': 1, 'containerPort': 0, 'protocol': 'tcp'}]")
            },
            {"two marks", "'markMasqBit': 5, 'externalSetMarkChain': 'X'"},
            {"no mark", "'markMasqBit': 32"},
            {"unknown backend", "'backend': 'x'"},
            {
                "conditions of another backend",
                "'backend': 'nftables', 'conditionsV4': ['-s', '10.0.0.1']"
            }
        };
        for (String[] one : refused) {
            String previous = one[0].equals("unchained") ? "" : ", " + behind("1.1.0", V4);
            all.add(of("portmap, " + one[0], "1.1.0", one[1] + previous));
        }
    }

    private static void firewall(List<Scenario> all) {
        String backend = "'backend': 'iptables', ";
        for (String version : List.of("0.4.0", "1.0.0", "1.1.0")) {
            all.add(of("firewall " + version, version, backend + behind(version, V4, V6)));
        }
        all.add(of("firewall, whatever works", "1.0.0", behind("1.0.0", V4)));
        all.add(
                of(
                        "firewall, another chain",
                        "1.0.0",
                        backend + "'iptablesAdminChainName': 'SITE', " + behind("1.0.0", V4, V6)));
        for (String policy : List.of("open", "same-bridge", "isolated", "x")) {
            // Debian's does not know it.
            String version = policy.equals("isolated") ? "1.1.0" : "1.0.0";
            all.add(
                    of(
                            "firewall, ingress policy " + policy,
                            version,
                            backend
                                    + "'ingressPolicy': '%s', ".formatted(policy)
                                    + behind(version, V4, V6)));
        }
        all.add(of("firewall, unchained", "1.0.0", "'backend': 'iptables'"));
    }
}
