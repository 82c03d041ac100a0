package dev.kakehashi.plugins.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The configurations of plugins that put one interface into the container. */
final class LinkScenarios {

    static final String V4 = "[{'subnet': '10.1.2.0/24'}]";
    static final String V6 = "[{'subnet': '2001:db8:42::/64'}]";
    static final String ADDRESSES = hostLocal(V4, "[{'dst': '0.0.0.0/0'}]");

    /** An interface of the host to build on, with a carrier. */
    static final List<String> MASTER =
            List.of(
                    "ip link add m0 type veth peer name m1",
                    "ip link set m1 up",
                    "ip address add 10.1.2.1/24 dev m0",
                    "ip link set m0 up");

    static final String ON_IT = "'master': 'm0', ";

    private LinkScenarios() {}

    static List<Scenario> all() {
        List<Scenario> all = new ArrayList<>();
        macvlan(all);
        hostDevice(all);
        tap(all);
        return all;
    }

    static String hostLocal(String ranges, String routes) {
        return "'ipam': {'type': 'host-local', 'dataDir': 'DATA', 'ranges': [%s], 'routes': %s}"
                .formatted(ranges, routes);
    }

    static Scenario of(
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

    static List<String> after(List<String> commands, String... more) {
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

    private static void hostDevice(List<Scenario> all) {
        String device = "'device': 'm0', ";
        for (String version : List.of("0.2.0", "0.4.0", "1.0.0", "1.1.0")) {
            all.add(
                    of(
                            "host-device " + version,
                            version,
                            "host-device",
                            device + ADDRESSES,
                            MASTER));
        }
        all.add(hostDevice("layer 2", "'device': 'm0'"));
        all.add(
                hostDevice(
                        "both families",
                        device
                                + hostLocal(
                                        V4 + ", " + V6,
                                        "[{'dst': '0.0.0.0/0'}, {'dst': '::/0'}]")));
        all.add(
                of(
                        "host-device, hwaddr",
                        "1.0.0",
                        "host-device",
                        "'hwaddr': 'c2:11:22:33:44:55', " + ADDRESSES,
                        after(MASTER, "ip link set m0 address c2:11:22:33:44:55")));
        all.add(hostDevice("no such device", "'device': 'm9', " + ADDRESSES));
        all.add(hostDevice("no such hwaddr", "'hwaddr': 'c2:11:22:33:44:99', " + ADDRESSES));
        all.add(hostDevice("hwaddr that is none", "'hwaddr': 'c2:11', " + ADDRESSES));
        all.add(hostDevice("kernelpath elsewhere", "'kernelpath': '/etc', " + ADDRESSES));
        all.add(hostDevice("no such pciBusID", "'pciBusID': '0000:77:00.0', " + ADDRESSES));
        all.add(hostDevice("which device is not said", ADDRESSES));
    }

    private static Scenario hostDevice(String name, String keys) {
        return of("host-device, " + name, "1.0.0", "host-device", keys, MASTER);
    }

    private static void tap(List<Scenario> all) {
        for (String version : List.of("0.4.0", "1.0.0", "1.1.0")) {
            all.add(of("tap " + version, version, "tap", ADDRESSES, List.of()));
        }
        all.add(tap("layer 2", ""));
        all.add(tap("mtu, mac", "'mtu': 1400, 'mac': 'c2:11:22:33:44:55', " + ADDRESSES));
        all.add(tap("both families", hostLocal(V4 + ", " + V6, "[{'dst': '0.0.0.0/0'}]")));
        all.add(tap("several queues", "'multiQueue': true, " + ADDRESSES));
        all.add(tap("owner", "'owner': 107, " + ADDRESSES));
        all.add(
                tap(
                        "owner, group, mac",
                        "'owner': 107, 'group': 108, 'mac': 'c2:11:22:33:44:55', " + ADDRESSES));
        all.add(tap("no such bridge", "'bridge': 'br0', " + ADDRESSES));
        all.add(tap("mac that is none", "'owner': 1, 'group': 1, 'mac': 'c2:11', " + ADDRESSES));
    }

    private static Scenario tap(String name, String keys) {
        return of("tap, " + name, "1.0.0", "tap", keys, List.of());
    }
}
