package dev.kakehashi.plugins.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The configurations of plugins that put one interface into the container. */
final class LinkScenarios {

    private static final String V4 = "[{'subnet': '10.1.2.0/24'}]";
    private static final String V6 = "[{'subnet': '2001:db8:42::/64'}]";
    private static final String ADDRESSES = hostLocal(V4, "[{'dst': '0.0.0.0/0'}]");

    /** An interface of the host to build on, with a carrier. */
    private static final List<String> MASTER =
            List.of(
                    "ip link add m0 type veth peer name m1",
                    "ip link set m1 up",
                    "ip address add 10.1.2.1/24 dev m0",
                    "ip link set m0 up");

    private static final String ON_IT = "'master': 'm0', ";

    private LinkScenarios() {}

    static List<Scenario> all() {
        List<Scenario> all = new ArrayList<>();
        macvlan(all);
        return all;
    }

    private static String hostLocal(String ranges, String routes) {
        return "'ipam': {'type': 'host-local', 'dataDir': 'DATA', 'ranges': [%s], 'routes': %s}"
                .formatted(ranges, routes);
    }

    private static Scenario of(
            String name, String version, String type, String keys, List<String> preparation) {
        return new Scenario(
                name,
                "{'cniVersion': '%s', 'name': 'net', 'type': '%s'%s%s}"
                        .formatted(version, type, keys.isEmpty() ? "" : ", ", keys),
                Map.of(),
                preparation);
    }

    private static Scenario with(Scenario scenario, String variable, String value) {
        return new Scenario(
                scenario.name(),
                scenario.config(),
                Map.of(variable, value),
                scenario.preparation());
    }

    private static List<String> after(List<String> commands, String... more) {
        List<String> all = new ArrayList<>(commands);
        all.addAll(List.of(more));
        return all;
    }

    private static void macvlan(List<Scenario> all) {
        for (String version : List.of("0.2.0", "0.4.0", "1.0.0", "1.1.0")) {
            all.add(of("macvlan " + version, version, "macvlan", ON_IT + ADDRESSES, MASTER));
        }
        all.add(macvlan("layer 2", "'master': 'm0'"));
        all.add(macvlan("private, mtu", ON_IT + "'mode': 'private', 'mtu': 1400, " + ADDRESSES));
        all.add(macvlan("vepa", ON_IT + "'mode': 'vepa', " + ADDRESSES));
        all.add(macvlan("passthru", ON_IT + "'mode': 'passthru', " + ADDRESSES));
        all.add(macvlan("mac", ON_IT + "'mac': 'c2:11:22:33:44:55', " + ADDRESSES));
        all.add(
                macvlan(
                        "mac of runtimeConfig",
                        ON_IT
                                + "'mac': 'c2:11:22:33:44:55', 'runtimeConfig': {'mac':"
                                + " 'c2:11:22:33:44:66'}, "
                                + ADDRESSES));
        all.add(
                with(
                        macvlan("mac of CNI_ARGS", ON_IT + ADDRESSES),
                        "CNI_ARGS",
                        "IgnoreUnknown=1;MAC=c2:11:22:33:44:77"));
        all.add(
                macvlan(
                        "both families",
                        ON_IT
                                + hostLocal(
                                        V4 + ", " + V6,
                                        "[{'dst': '0.0.0.0/0'}, {'dst': '::/0'}]")));
        all.add(
                macvlan(
                        "dns",
                        ON_IT
                                + "'dns': {'nameservers': ['10.1.2.53']}, 'ipam': {'type': 'static',"
                                + " 'addresses': [{'address': '10.1.2.9/24'}], 'dns':"
                                + " {'nameservers': ['10.1.2.54']}}"));
        all.add(
                macvlan(
                        "dns of IPAM",
                        ON_IT
                                + "'ipam': {'type': 'static', 'addresses': [{'address':"
                                + " '10.1.2.9/24'}], 'dns': {'nameservers': ['10.1.2.54']}}"));
        all.add(
                of(
                        "macvlan, master of the default route",
                        "1.0.0",
                        "macvlan",
                        ADDRESSES,
                        after(MASTER, "ip route add default via 10.1.2.254")));
        all.add(
                of(
                        "macvlan, bcqueuelen",
                        "1.1.0",
                        "macvlan",
                        ON_IT + "'bcqueuelen': 2345, " + ADDRESSES,
                        MASTER));
        all.add(macvlan("no such master", "'master': 'm9', " + ADDRESSES));
        all.add(macvlan("no default route", ADDRESSES));
        all.add(macvlan("unknown mode", ON_IT + "'mode': 'bride', " + ADDRESSES));
        all.add(macvlan("mtu above the master's", ON_IT + "'mtu': 1501, " + ADDRESSES));
        all.add(macvlan("mac that is none", ON_IT + "'mac': 'c2:11', " + ADDRESSES));
    }

    private static Scenario macvlan(String name, String keys) {
        return of("macvlan, " + name, "1.0.0", "macvlan", keys, MASTER);
    }
}
