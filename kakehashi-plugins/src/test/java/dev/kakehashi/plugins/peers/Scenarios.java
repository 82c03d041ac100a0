package dev.kakehashi.plugins.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The configurations that are compared. */
final class Scenarios {

    private static final String V4 = "[{'subnet': '10.1.2.0/24'}]";
    private static final String V6 = "[{'subnet': '2001:db8:42::/64'}]";
    private static final String DEFAULT_ROUTES = "[{'dst': '0.0.0.0/0'}, {'dst': '::/0'}]";

    private Scenarios() {}

    /** All, those for older plugins first. */
    static List<Scenario> all() {
        List<Scenario> all = new ArrayList<>();
        bridge(all);
        ptp(all);
        addresses(all);
        all.addAll(LinkScenarios.all());
        all.addAll(FilterScenarios.all());
        failures(all);
        return List.copyOf(all);
    }

    private static String hostLocal(String ranges, String routes) {
        return "'ipam': {'type': 'host-local', 'dataDir': 'DATA', 'ranges': [%s], 'routes': %s}"
                .formatted(ranges, routes);
    }

    private static Scenario of(String name, String version, String type, String keys) {
        return new Scenario(
                name,
                "{'cniVersion': '%s', 'name': 'net', 'type': '%s'%s%s}"
                        .formatted(version, type, keys.isEmpty() ? "" : ", ", keys),
                Map.of(),
                List.of());
    }

    private static Scenario with(Scenario scenario, Map<String, String> environment) {
        return new Scenario(
                scenario.name(), scenario.config(), environment, scenario.preparation());
    }

    private static Scenario after(Scenario scenario, String... preparation) {
        return new Scenario(
                scenario.name(), scenario.config(), scenario.environment(), List.of(preparation));
    }

    private static void bridge(List<Scenario> all) {
        String v4 = hostLocal(V4, "[]");
        String both = hostLocal(V4 + ", " + V6, "[]");
        for (String version :
                List.of("0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0")) {
            all.add(of("bridge " + version, version, "bridge", "'isGateway': true, " + v4));
        }
        Map<String, String> keys =
                Map.ofEntries(
                        Map.entry("layer 2", "'bridge': 'br0'"),
                        Map.entry("plain", v4),
                        Map.entry(
                                "default gateway, both families",
                                "'isDefaultGateway': true, " + both),
                        Map.entry("IPv6 only", "'isGateway': true, " + hostLocal(V6, "[]")),
                        Map.entry("mtu", "'isGateway': true, 'mtu': 1400, " + v4),
                        Map.entry("hairpin", "'hairpinMode': true, " + v4),
                        Map.entry("promiscuous", "'promiscMode': true, " + v4),
                        Map.entry("masquerade", "'isGateway': true, 'ipMasq': true, " + both),
                        Map.entry(
                                "static addresses",
                                "'isGateway': true, 'ipam': {'type': 'static', 'addresses':"
                                        + " [{'address': '10.1.2.9/24', 'gateway': '10.1.2.1'},"
                                        + " {'address': '2001:db8:42::9/64'}], 'routes': [{'dst':"
                                        + " '10.9.0.0/16', 'gw': '10.1.2.8'}, {'dst': '0.0.0.0/0'}],"
                                        + " 'dns': {'nameservers': ['10.1.2.1'], 'domain': 'x.example',"
                                        + " 'search': ['x.example'], 'options': ['ndots:2']}}"),
                        Map.entry(
                                "several ranges",
                                "'isGateway': true, "
                                        + hostLocal(
                                                "[{'subnet': '10.1.2.0/24', 'rangeStart':"
                                                        + " '10.1.2.20', 'rangeEnd': '10.1.2.30',"
                                                        + " 'gateway': '10.1.2.254'}], "
                                                        + V6,
                                                DEFAULT_ROUTES)),
                        Map.entry("dns of the configuration", "'dns': {'nameservers': []}, " + v4),
                        Map.entry(
                                "mac of runtimeConfig",
                                "'runtimeConfig': {'mac': 'c2:11:22:33:44:55'}, " + v4),
                        Map.entry(
                                "force address", "'isGateway': true, 'forceAddress': true, " + v4));
        keys.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(e -> {
                    Scenario scenario =
                            of("bridge, " + e.getKey(), "1.0.0", "bridge", e.getValue());
                    all.add(
                            e.getKey().equals("force address")
                                    ? after(
                                            scenario,
                                            "ip link add cni0 type bridge",
                                            "ip address add 10.7.7.7/24 dev cni0")
                                    : scenario);
                });
        all.add(
                with(
                        of("bridge, mac of CNI_ARGS", "1.0.0", "bridge", v4),
                        Map.of("CNI_ARGS", "IgnoreUnknown=1;MAC=c2:11:22:33:44:66;X=y")));
        all.add(
                after(
                        of("bridge, joins one", "1.0.0", "bridge", "'isGateway': true, " + v4),
                        "ip link add cni0 address 02:00:00:00:00:77 type bridge"));
        newer(
                all,
                "masquerade nftables",
                "'isGateway': true, 'ipMasq': true, 'ipMasqBackend': 'nftables', " + both);
        newer(all, "masquerade iptables", "'ipMasq': true, 'ipMasqBackend': 'iptables', " + both);
        all.add(
                after(
                        of(
                                "bridge, joins one of another mtu",
                                "1.1.0",
                                "bridge",
                                "'isGateway': true, 'mtu': 1300, " + v4),
                        "ip link add cni0 mtu 1400 address 02:00:00:00:00:77 type bridge"));
        all.add(
                of(
                        "bridge, default gateway beside a default route",
                        "1.1.0",
                        "bridge",
                        "'isDefaultGateway': true, " + hostLocal(V4, "[{'dst': '0.0.0.0/0'}]")));
        all.add(
                of(
                        "bridge, default gateway beside a default route with gw",
                        "1.1.0",
                        "bridge",
                        "'isDefaultGateway': true, "
                                + hostLocal(V4, "[{'dst': '0.0.0.0/0', 'gw': '10.1.2.9'}]")));
        all.add(
                with(
                        of(
                                "bridge, mac of args beside CNI_ARGS",
                                "1.1.0",
                                "bridge",
                                "'vlanTrunk': null, 'args': {'cni': {'mac':"
                                        + " 'C2:11:22:33:44:55', 'x': 1}}, "
                                        + v4),
                        Map.of("CNI_ARGS", "IgnoreUnknown=1;MAC=c2:11:22:33:44:66")));
        newer(all, "unknown masquerade", "'ipMasq': true, 'ipMasqBackend': 'x', " + v4);
        newer(all, "spoof check", "'macspoofchk': true, " + v4);
        newer(all, "port isolation", "'portIsolation': true, " + v4);
        newer(
                all,
                "duplicate address detection",
                "'isGateway': true, 'enabledad': true, " + hostLocal(V6, "[]"));
        newer(all, "interface left down", "'disableContainerInterface': true");
        newer(
                all,
                "route attributes",
                "'isGateway': true, "
                        + hostLocal(
                                V4,
                                "[{'dst': '10.9.0.0/16', 'mtu': 1300, 'advmss': 1200, 'priority':"
                                        + " 50}, {'dst': '10.8.0.0/16', 'table': 77}]"));
        newer(
                all,
                "route to the link",
                "'isGateway': true, " + hostLocal(V4, "[{'dst': '10.7.0.0/16', 'scope': 253}]"));
    }

    private static void newer(List<Scenario> all, String name, String keys) {
        all.add(of("bridge, " + name, "1.1.0", "bridge", keys));
    }

    private static void ptp(List<Scenario> all) {
        String v4 = hostLocal(V4, "[]");
        String both = hostLocal(V4 + ", " + V6, DEFAULT_ROUTES);
        for (String version : List.of("0.2.0", "0.4.0", "1.0.0", "1.1.0")) {
            all.add(of("ptp " + version, version, "ptp", v4));
        }
        all.add(of("ptp, both families", "1.0.0", "ptp", both));
        all.add(of("ptp, mtu", "1.0.0", "ptp", "'mtu': 1400, " + v4));
        all.add(of("ptp, masquerade", "1.0.0", "ptp", "'ipMasq': true, " + both));
        all.add(
                of(
                        "ptp, two subnets",
                        "1.1.0",
                        "ptp",
                        hostLocal(
                                "[{'subnet': '10.1.2.0/24'}], [{'subnet': '10.1.3.0/24'}]", "[]")));
        all.add(
                of(
                        "ptp, mac of runtimeConfig",
                        "1.1.0",
                        "ptp",
                        "'runtimeConfig': {'mac': 'c2:11:22:33:44:55'}, " + v4));
        all.add(
                of(
                        "ptp, masquerade nftables",
                        "1.1.0",
                        "ptp",
                        "'ipMasq': true, 'ipMasqBackend': 'nftables', " + both));
    }

    private static void addresses(List<Scenario> all) {
        for (String version : List.of("0.2.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0")) {
            all.add(of("loopback " + version, version, "loopback", ""));
            all.add(of("host-local " + version, version, "host-local", hostLocal(V4, "[]")));
            all.add(
                    of(
                            "static " + version,
                            version,
                            "static",
                            "'ipam': {'type': 'static', 'addresses': [{'address': '10.1.2.9/24',"
                                    + " 'gateway': '10.1.2.1'}], 'routes': [{'dst': '10.9.0.0/16',"
                                    + " 'gw': '10.1.2.8'}]}"));
        }
        String ranges = hostLocal(V4 + ", " + V6, DEFAULT_ROUTES);
        all.add(
                with(
                        of("host-local, address of CNI_ARGS", "1.0.0", "host-local", ranges),
                        Map.of("CNI_ARGS", "IP=10.1.2.77")));
        all.add(
                of(
                        "host-local, address of args",
                        "1.0.0",
                        "host-local",
                        "'args': {'cni': {'ips': ['10.1.2.78']}}, " + ranges));
        all.add(
                with(
                        of(
                                "host-local, address of runtimeConfig beside CNI_ARGS",
                                "1.0.0",
                                "host-local",
                                "'runtimeConfig': {'ips': ['10.1.2.79']}, " + ranges),
                        Map.of("CNI_ARGS", "IP=10.1.2.77")));
        all.add(
                with(
                        of(
                                "static, address of CNI_ARGS",
                                "1.0.0",
                                "static",
                                "'ipam': {'type': 'static'}"),
                        Map.of("CNI_ARGS", "IP=10.1.2.77/24;GATEWAY=10.1.2.1")));
        all.add(
                of(
                        "host-local, ranges of runtimeConfig and of the old form",
                        "1.1.0",
                        "host-local",
                        "'runtimeConfig': {'ipRanges': [[{'subnet': '10.1.4.0/24', 'rangeStart':"
                                + " '10.1.4.9'}]]}, 'ipam': {'type': 'host-local', 'dataDir': 'DATA',"
                                + " 'subnet': '10.1.3.0/24', 'gateway': '10.1.3.2', 'rangeEnd':"
                                + " '10.1.3.5', 'ranges': [[{'subnet': '10.1.2.0/24'}]]}"));
        String[][] refused = {
            {"gateway asked for", "'args': {'cni': {'ips': ['10.1.2.1']}}, " + ranges},
            {"one subnet twice", hostLocal(V4 + ", " + V4, "[]")},
            {
                "mixed families",
                hostLocal("[{'subnet': '10.1.2.0/24'}, {'subnet': '2001:db8:42::/64'}]", "[]")
            },
            {"nothing to give", hostLocal("[{'subnet': '10.1.2.0/31'}]", "[]")},
            {"bits of the host", hostLocal("[{'subnet': '10.1.2.1/24'}]", "[]")},
            {
                "start outside",
                hostLocal("[{'subnet': '10.1.2.0/24', 'rangeStart': '10.1.3.1'}]", "[]")
            },
            {
                "end before start",
                hostLocal(
                        "[{'subnet': '10.1.2.0/24', 'rangeStart': '10.1.2.9', 'rangeEnd':"
                                + " '10.1.2.3'}]",
                        "[]")
            },
            {"no ranges", "'ipam': {'type': 'host-local', 'dataDir': 'DATA'}"},
            {"empty range set", hostLocal("[]", "[]")}
        };
        for (String[] one : refused) {
            all.add(of("host-local, " + one[0], "1.1.0", "host-local", one[1]));
        }
        all.add(
                of(
                        "host-local, two of a family for an old version",
                        "0.2.0",
                        "host-local",
                        hostLocal(
                                "[{'subnet': '10.1.2.0/24'}], [{'subnet': '10.1.3.0/24'}]", "[]")));
        all.add(
                of(
                        "static, invalid address that args replace",
                        "1.1.0",
                        "static",
                        "'ipam': {'type': 'static', 'addresses': [{'address': 'x'}]}, 'args':"
                                + " {'cni': {'ips': ['10.1.2.78/24']}}"));
        all.add(
                of(
                        "static, invalid address",
                        "1.1.0",
                        "static",
                        "'ipam': {'type': 'static', 'addresses': [{'address': '10.1.2.3'}]}"));
        all.add(
                with(
                        of(
                                "static, addresses of CNI_ARGS beside the configuration's",
                                "1.1.0",
                                "static",
                                "'ipam': {'type': 'static', 'addresses': [{'address':"
                                        + " '10.1.3.9/24'}]}"),
                        Map.of("CNI_ARGS", "IP=10.1.2.77/24, 2001:db8::7/64;GATEWAY=10.1.3.1")));
        all.add(
                of(
                        "static, addresses of runtimeConfig",
                        "1.0.0",
                        "static",
                        "'ipam': {'type': 'static'}, 'runtimeConfig': {'ips': ['10.1.2.78/24',"
                                + " '2001:db8::7/64']}"));
    }

    private static void failures(List<Scenario> all) {
        String v4 = hostLocal(V4, "[]");
        all.add(of("unknown version", "1.0.0", "bridge", "'cniVersion': '9.0.0', " + v4));
        all.add(
                with(
                        of("unknown key in CNI_ARGS", "1.0.0", "bridge", v4),
                        Map.of("CNI_ARGS", "FOO=bar")));
        all.add(
                with(
                        of("address that is none in CNI_ARGS", "1.0.0", "host-local", v4),
                        Map.of("CNI_ARGS", "IP=10.1.2")));
        all.add(
                of(
                        "invalid subnet",
                        "1.0.0",
                        "host-local",
                        hostLocal("[{'subnet': '10.1.2.0/33'}]", "[]")));
        all.add(
                of(
                        "requested address outside of the ranges",
                        "1.0.0",
                        "host-local",
                        "'args': {'cni': {'ips': ['10.9.9.9']}}, " + v4));
        all.add(
                of(
                        "promiscuous and hairpin",
                        "1.0.0",
                        "bridge",
                        "'promiscMode': true, 'hairpinMode': true, " + v4));
        all.add(of("VLAN out of range", "1.0.0", "bridge", "'vlan': 5000, " + v4));
        all.add(
                after(
                        of("bridge that is none", "1.0.0", "bridge", v4),
                        "ip link add cni0 type veth peer name other"));
        all.add(
                after(
                        of(
                                "gateway that contradicts",
                                "1.0.0",
                                "bridge",
                                "'isGateway': true, " + v4),
                        "ip link add cni0 type bridge",
                        "ip address add 10.7.7.7/24 dev cni0"));
        all.add(
                with(
                        of("namespace that is gone", "1.0.0", "bridge", v4),
                        Map.of("CNI_NETNS", "/run/netns/gone")));
        all.add(
                with(
                        of("invalid container id", "1.0.0", "bridge", v4),
                        Map.of("CNI_CONTAINERID", "../x")));
        all.add(
                of(
                        "unknown address plugin",
                        "1.0.0",
                        "bridge",
                        "'ipam': {'type': 'no-such-plugin'}"));
    }
}
