package dev.kakehashi.conformance.scenario;

import dev.kakehashi.conformance.stage.Profile;
import dev.kakehashi.conformance.stage.Role;
import dev.kakehashi.conformance.stage.Stage;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** How to call the reference plugins. */
public final class Profiles {
    /** The link that plugins with a key {@code master} are put on. */
    static final String MASTER = "uplink";

    private static final Map<String, Profile> ALL =
            List.of(
                            Profile.of(
                                            "bridge",
                                            Role.INTERFACE,
                                            "{\"bridge\": \"cfbr0\", \"isGateway\": true, \"ipam\": {ipam}}")
                                    .needing("bridge"),
                            Profile.of("ptp", Role.INTERFACE, "{\"ipam\": {ipam}}"),
                            Profile.of(
                                            "macvlan",
                                            Role.INTERFACE,
                                            "{\"master\": \"uplink\", \"ipam\": {ipam}}")
                                    .needing("macvlan")
                                    .after(Profiles::makeUplink),
                            Profile.of(
                                            "ipvlan",
                                            Role.INTERFACE,
                                            "{\"master\": \"uplink\", \"ipam\": {ipam}}")
                                    .needing("ipvlan")
                                    .after(Profiles::makeUplink),
                            Profile.of(
                                            "vlan",
                                            Role.INTERFACE,
                                            "{\"master\": \"uplink\", \"vlanId\": 5, \"ipam\":"
                                                    + " {ipam}}")
                                    .needing("vlan")
                                    .after(Profiles::makeUplink),
                            Profile.of(
                                            "host-device",
                                            Role.INTERFACE,
                                            "{\"device\": \"uplink\", \"ipam\": {ipam}}")
                                    .after(Profiles::makeUplink),
                            Profile.of("tap", Role.INTERFACE, "{\"ipam\": {ipam}}"),
                            Profile.of("dummy", Role.INTERFACE, "{\"ipam\": {ipam}}")
                                    .needing("dummy"),
                            Profile.of(
                                    "host-local",
                                    Role.IPAM,
                                    "{\"ipam\": {\"type\": \"host-local\", \"dataDir\":"
                                            + " \"{work}/networks\", \"ranges\": [[{\"subnet\":"
                                            + " \"10.7.0.0/24\"}]], \"routes\": [{\"dst\":"
                                            + " \"0.0.0.0/0\"}]}}"),
                            Profile.of(
                                    "static",
                                    Role.IPAM,
                                    "{\"ipam\": {\"type\": \"static\", \"addresses\": [{\"address\":"
                                            + " \"10.7.0.5/24\", \"gateway\": \"10.7.0.1\"}]}}"),
                            Profile.of(
                                    "tuning",
                                    Role.CHAINED,
                                    "{\"dataDir\": \"{work}/tuning\", \"mtu\": 1400}"),
                            Profile.of(
                                            "bandwidth",
                                            Role.CHAINED,
                                            "{\"ingressRate\": 8000000, \"ingressBurst\": 800000,"
                                                    + " \"egressRate\": 16000000, \"egressBurst\":"
                                                    + " 1600000}")
                                    .needing("tbf", "ifb", "u32-mirred"),
                            Profile.of("sbr", Role.CHAINED, "{}").needing("policy-routing"),
                            Profile.of("vrf", Role.CHAINED, "{\"vrfname\": \"red\"}")
                                    .needing("vrf"),
                            Profile.of(
                                            "portmap",
                                            Role.CHAINED,
                                            "{\"capabilities\": {\"portMappings\": true},"
                                                    + " \"runtimeConfig\": {\"portMappings\":"
                                                    + " [{\"hostPort\": 8080, \"containerPort\": 80,"
                                                    + " \"protocol\": \"tcp\"}]}}")
                                    .needing("nft-nat"),
                            Profile.of("firewall", Role.CHAINED, "{\"backend\": \"iptables\"}"))
                    .stream()
                    .collect(Collectors.toUnmodifiableMap(Profile::type, Function.identity()));

    private Profiles() {}

    /** How to call a plugin of this type, if the suite knows. */
    public static Optional<Profile> of(String type) {
        return Optional.ofNullable(ALL.get(type));
    }

    /** A plugin of which nothing is known but its name. */
    public static Profile unknown(String type) {
        return Profile.of(type, Role.INTERFACE, "{}");
    }

    /** A link of the node to an outside that answers nothing. */
    static void makeUplink(Stage stage) throws Exception {
        stage.node().join(MASTER, stage.machine("the outside"), "outside");
    }
}
