package dev.kakehashi.conformance.scenario;

import dev.kakehashi.cni.CniVersion;
import dev.kakehashi.conformance.stage.Mismatch;
import dev.kakehashi.conformance.stage.Place;
import dev.kakehashi.conformance.stage.Pod;
import dev.kakehashi.conformance.stage.Stage;
import dev.kakehashi.conformance.stage.Traffic;
import dev.kakehashi.conformance.stage.Unsuitable;
import dev.kakehashi.linux.iptables.Iptables;
import dev.kakehashi.linux.iptables.IptablesException;
import dev.kakehashi.linux.iptables.IptablesFamily;

import java.util.ArrayList;
import java.util.List;

/** What {@code bridge} and {@code ptp} do for IPv6, and what their masquerading leaves behind. */
final class PairTraffic {
    private static final int PORT = 4000;
    private static final String ADDRESS = "10.8.0.2";

    private PairTraffic() {}

    private static Scenario.Builder of(String type, String id, String requirement) {
        return Scenario.plugin(type, id, requirement).since(CniVersion.V0_3_0);
    }

    static List<Scenario> scenarios() {
        List<Scenario> all = new ArrayList<>();
        for (String type : List.of("bridge", "ptp")) {
            ipv6(all, type);
            leftOver(all, type);
        }
        all.add(
                of(
                                "bridge",
                                "address-conflict-ipv6",
                                "a bridge with an overlapping IPv6 network is refused, one with"
                                        + " another is not")
                        .step(
                                "ADD where the bridge has fd00:5::1/64",
                                stage -> {
                                    use(stage, "bridge", "");
                                    stage.add(stage.pod("two"));
                                    stage.node().address("cfbr0", "fd00:5::1/64");
                                    both(stage, stage.pod(), 2);
                                    stage.add();
                                    stage.node().see("address cfbr0 fd00:8::1/64");
                                    stage.node().see("address cfbr0 fd00:5::1/64");
                                    stage.del().silent();
                                })
                        .step(
                                "ADD where the bridge has fd00:8::99/64",
                                stage -> {
                                    stage.node().removeAddress("cfbr0", "fd00:8::1/64");
                                    stage.node().address("cfbr0", "fd00:8::99/64");
                                    stage.tryAdd().failed().mentions("cfbr0");
                                })
                        .build());
        return all;
    }

    private static void use(Stage stage, String type, String keys) throws Exception {
        stage.use(
                type.equals("bridge")
                        ? "{\"bridge\": \"cfbr0\", \"isGateway\": true, \"ipam\": {ipam}"
                                + keys
                                + "}"
                        : "{\"ipam\": {ipam}" + keys + "}");
    }

    /** Addresses of both families and default routes for a container. */
    private static void both(Stage stage, Pod pod, int number) throws Exception {
        stage.ipam()
                .giveResult(
                        pod,
                        ("{\"ips\": [{\"address\": \"10.8.0.N/24\", \"gateway\": \"10.8.0.1\"},"
                                        + " {\"address\": \"fd00:8::N/64\", \"gateway\": \"fd00:8::1\"}],"
                                        + " \"routes\": [{\"dst\": \"0.0.0.0/0\"}, {\"dst\": \"::/0\"}]}")
                                .replace("N/", number + "/"));
    }

    private static void ipv6(List<Scenario> all, String type) {
        all.add(
                of(
                                type,
                                "reach-ipv6",
                                "containers reach each other and the node by IPv6, which the node"
                                        + " forwards")
                        .step(
                                "ADD, ADD, connections",
                                stage -> {
                                    Pod two = stage.pod("two");
                                    both(stage, stage.pod(), 2);
                                    both(stage, two, 3);
                                    stage.add();
                                    stage.add(two);
                                    stage.serveTcp(stage.in(two), PORT);
                                    stage.serveTcp(stage.node(), PORT);
                                    Traffic.reachedAs(
                                            stage.container(),
                                            "fd00:8::3",
                                            PORT,
                                            "the second container from the first",
                                            "fd00:8::2/128");
                                    Traffic.reached(
                                            stage.node(),
                                            "fd00:8::3",
                                            PORT,
                                            "a container from the node");
                                    Traffic.reached(
                                            stage.container(),
                                            "fd00:8::1",
                                            PORT,
                                            "the node from a container");
                                })
                        .step(
                                "forwarding",
                                stage ->
                                        stage.node().seeSysctl("net.ipv6.conf.all.forwarding", "1"))
                        .build());
        for (String backend : List.of("iptables", "nftables")) {
            all.add(
                    of(
                                    type,
                                    "masquerade-ipv6-" + backend,
                                    "ipMasq hides IPv6 addresses, too, from machines outside (back end "
                                            + backend
                                            + ")")
                            .masquerading(backend)
                            .step(
                                    "ADD with ipMasq, a connection, DEL",
                                    stage -> {
                                        Place outside = stage.outside();
                                        both(stage, stage.pod(), 2);
                                        use(
                                                stage,
                                                type,
                                                ", \"ipMasq\": true, \"ipMasqBackend\": \""
                                                        + backend
                                                        + "\"");
                                        stage.add();
                                        stage.serveTcp(outside, PORT);
                                        Traffic.reachedAs(
                                                stage.container(),
                                                "2001:db8:ff::2",
                                                PORT,
                                                "a machine outside",
                                                "2001:db8:ff::1/128");
                                        stage.del().silent();
                                    })
                            .build());
        }
    }

    private static void leftOver(List<Scenario> all, String type) {
        all.add(
                masqueraded(
                                type,
                                "masquerade-netns-gone",
                                "DEL removes the rules of ipMasq, also when the namespace is gone")
                        .upstream("plugins #810", "plugins #1078")
                        .proves(30, 32)
                        .step(
                                "end the namespace, DEL",
                                stage -> {
                                    stage.pod().end();
                                    stage.del().silent();
                                    noRules(stage);
                                })
                        .build());
        all.add(
                masqueraded(
                                type,
                                "gc-goes-on",
                                "GC removes the rules of ipMasq of what is not valid, also when the"
                                        + " delegate's GC fails, whose error it reports")
                        .since(CniVersion.V1_1_0)
                        .upstream("plugins #1013")
                        .proves(46, 47)
                        .step(
                                "end the namespace, GC while the delegate refuses",
                                stage -> {
                                    stage.pod().end();
                                    stage.ipam().fail("GC", 7, "the scripted plugin refuses");
                                    stage.gc().failed().mentions("the scripted plugin refuses");
                                    noRules(stage);
                                })
                        .build());
    }

    /** Begins with a container whose addresses iptables masquerades. */
    private static Scenario.Builder masqueraded(String type, String id, String requirement) {
        return of(type, id, requirement)
                .features("nft-masquerade")
                .step(
                        "ADD with ipMasq by iptables",
                        stage -> {
                            use(stage, type, ", \"ipMasq\": true, \"ipMasqBackend\": \"iptables\"");
                            stage.add();
                            if (rules(stage).isEmpty()) {
                                throw Mismatch.of("a rule about " + ADDRESS, "none");
                            }
                        });
    }

    private static List<String> rules(Stage stage) throws Unsuitable {
        try {
            return Iptables.in(stage.node().netns(), IptablesFamily.IPV4).save("nat").stream()
                    .filter(rule -> rule.contains(ADDRESS))
                    .toList();
        } catch (IptablesException e) {
            throw Unsuitable.because("no iptables here: " + e.getMessage());
        }
    }

    private static void noRules(Stage stage) throws Exception {
        List<String> left = rules(stage);
        if (!left.isEmpty()) {
            throw Mismatch.of("no rule about " + ADDRESS, String.join("; ", left));
        }
    }
}
