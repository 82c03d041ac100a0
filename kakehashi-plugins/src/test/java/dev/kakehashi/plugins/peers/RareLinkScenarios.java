package dev.kakehashi.plugins.peers;

import static dev.kakehashi.plugins.peers.LinkScenarios.ADDRESSES;
import static dev.kakehashi.plugins.peers.LinkScenarios.MASTER;
import static dev.kakehashi.plugins.peers.LinkScenarios.ON_IT;
import static dev.kakehashi.plugins.peers.LinkScenarios.V4;
import static dev.kakehashi.plugins.peers.LinkScenarios.V6;
import static dev.kakehashi.plugins.peers.LinkScenarios.hostLocal;

import java.util.ArrayList;
import java.util.List;

/** The configurations of plugins whose interfaces not every kernel makes. */
final class RareLinkScenarios {

    private static final String BOTH =
            hostLocal(V4 + ", " + V6, "[{'dst': '0.0.0.0/0'}, {'dst': '::/0'}]");

    private RareLinkScenarios() {}

    static List<Scenario> all() {
        List<Scenario> all = new ArrayList<>();
        vlan(all);
        ipvlan(all);
        dummy(all);
        return all;
    }

    private static void vlan(List<Scenario> all) {
        String tagged = ON_IT + "'vlanId': 100, ";
        for (String version : List.of("0.2.0", "1.1.0")) {
            all.add(
                    LinkScenarios.of(
                            "vlan " + version, version, "vlan", tagged + ADDRESSES, MASTER));
        }
        all.add(vlan("mtu", tagged + "'mtu': 1400, " + ADDRESSES));
        all.add(vlan("both families", tagged + BOTH));
        all.add(vlan("VLAN 0", ON_IT + ADDRESSES));
        all.add(vlan("no master", "'vlanId': 100, " + ADDRESSES));
        all.add(vlan("no such master", "'master': 'm9', 'vlanId': 100, " + ADDRESSES));
        all.add(vlan("VLAN out of range", ON_IT + "'vlanId': 4095, " + ADDRESSES));
        all.add(vlan("mtu above the master's", tagged + "'mtu': 1501, " + ADDRESSES));
    }

    private static Scenario vlan(String name, String keys) {
        return LinkScenarios.of("vlan, " + name, "1.0.0", "vlan", keys, MASTER);
    }

    private static void ipvlan(List<Scenario> all) {
        for (String version : List.of("0.2.0", "1.1.0")) {
            all.add(
                    LinkScenarios.of(
                            "ipvlan " + version, version, "ipvlan", ON_IT + ADDRESSES, MASTER));
        }
        all.add(ipvlan("l3, mtu", ON_IT + "'mode': 'l3', 'mtu': 1400, " + ADDRESSES));
        all.add(ipvlan("l3s", ON_IT + "'mode': 'l3s', " + ADDRESSES));
        all.add(ipvlan("both families", ON_IT + BOTH));
        all.add(ipvlan("no such master", "'master': 'm9', " + ADDRESSES));
        all.add(ipvlan("no default route", ADDRESSES));
        all.add(ipvlan("unknown mode", ON_IT + "'mode': 'l4', " + ADDRESSES));
    }

    private static Scenario ipvlan(String name, String keys) {
        return LinkScenarios.of("ipvlan, " + name, "1.0.0", "ipvlan", keys, MASTER);
    }

    private static void dummy(List<Scenario> all) {
        for (String version : List.of("0.2.0", "1.1.0")) {
            all.add(LinkScenarios.of("dummy " + version, version, "dummy", ADDRESSES, List.of()));
        }
        all.add(LinkScenarios.of("dummy, both families", "1.0.0", "dummy", BOTH, List.of()));
        all.add(LinkScenarios.of("dummy, no addresses", "1.0.0", "dummy", "", List.of()));
    }
}
