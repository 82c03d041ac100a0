package dev.kakehashi.conformance.scenario;

import static dev.kakehashi.conformance.stage.Stage.IF_NAME;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniVersion;
import dev.kakehashi.cni.result.CniInterface;
import dev.kakehashi.conformance.stage.Mismatch;
import dev.kakehashi.conformance.stage.NetworkView;
import dev.kakehashi.conformance.stage.Place;
import dev.kakehashi.conformance.stage.Stage;
import dev.kakehashi.linux.rtnetlink.LinkSpec;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What configurations of {@code tuning}, {@code bandwidth}, {@code sbr} and {@code vrf} do. */
final class ChainedBehaviour {
    private static final String TUNING = "{\"dataDir\": \"{work}/tuning\", ";
    private static final String LINK = "link " + IF_NAME + " ";

    /** The node's end of the first container's pair. */
    private static final String NODE_END = "cf1" + IF_NAME;

    private ChainedBehaviour() {}

    private static Scenario.Builder of(String type, String id, String requirement) {
        return Scenario.plugin(type, id, requirement).since(CniVersion.V0_4_0);
    }

    static List<Scenario> scenarios() {
        List<Scenario> all = new ArrayList<>();
        for (String type : List.of("tuning", "bandwidth", "sbr", "vrf", "portmap", "firewall")) {
            all.add(
                    of(type, "not-first", "ADD without prevResult is refused")
                            .step(
                                    "ADD",
                                    stage ->
                                            stage.call(
                                                            stage.request(
                                                                            CniCommand.ADD,
                                                                            stage.pod())
                                                                    .withoutKey("prevResult"))
                                                    .failed())
                            .build());
        }
        tuning(all);
        bandwidth(all);
        sbr(all);
        vrf(all);
        return all;
    }

    private static void attribute(
            List<Scenario> all, String id, String keys, String fact, Breaking breaking) {
        all.add(
                of(
                                "tuning",
                                id,
                                "it sets "
                                        + id
                                        + ", CHECK sees when that is changed, DEL restores what was before")
                        .step(
                                "ADD, change it, CHECK, DEL",
                                stage -> {
                                    Set<String> before = stage.container().view().facts();
                                    stage.use(TUNING + keys + "}");
                                    stage.add();
                                    stage.container().see(LINK + fact);
                                    stage.check().silent();
                                    breaking.apply(stage.container());
                                    stage.check().failed();
                                    stage.del().silent();
                                    Set<String> missing = new TreeSet<>(before);
                                    missing.removeAll(stage.container().view().facts());
                                    if (!missing.isEmpty()) {
                                        throw Mismatch.of(
                                                "the link as it was before ADD", "not: " + missing);
                                    }
                                })
                        .build());
    }

    private interface Breaking {
        void apply(Place container) throws Exception;
    }

    private static void change(Place container, LinkSpec changes) throws Exception {
        container.change(IF_NAME, changes);
    }

    private static void tuning(List<Scenario> all) {
        attribute(
                all,
                "mtu",
                "\"mtu\": 1400",
                "mtu 1400",
                c -> change(c, LinkSpec.builder().mtu(1450).build()));
        attribute(
                all,
                "promisc",
                "\"promisc\": true",
                "promisc",
                c -> change(c, LinkSpec.builder().promiscuous(false).build()));
        attribute(
                all,
                "allmulti",
                "\"allmulti\": true",
                "allmulti",
                c -> change(c, LinkSpec.builder().allMulticast(false).build()));
        attribute(
                all,
                "txQLen",
                "\"txQLen\": 777",
                "txqlen 777",
                c -> change(c, LinkSpec.builder().txQueueLength(500).build()));
        all.add(
                of("tuning", "mac", "it sets mac, also in the result; DEL restores the old one")
                        .step(
                                "ADD with mac, DEL",
                                stage -> {
                                    Set<String> before = stage.container().view().facts();
                                    stage.use(TUNING + "\"mac\": \"02:00:00:00:00:08\"}");
                                    List<CniInterface> links = stage.add().interfaces();
                                    stage.container().see(LINK + "mac 02:00:00:00:00:08");
                                    if (links.stream()
                                            .noneMatch(l -> l.mac().equals("02:00:00:00:00:08"))) {
                                        throw Mismatch.of(
                                                "mac 02:00:00:00:00:08 in the result",
                                                links.toString());
                                    }
                                    stage.del().silent();
                                    if (!stage.container().view().facts().equals(before)) {
                                        throw Mismatch.of(
                                                before.toString(),
                                                stage.container().view().facts().toString());
                                    }
                                })
                        .build());
        all.add(
                of(
                                "tuning",
                                "mac-sources",
                                "args win over runtimeConfig, that over CNI_ARGS, those over mac")
                        .step("CNI_ARGS", stage -> mac(stage, "\"x\": 1}", "02:00:00:00:00:01"))
                        .step(
                                "runtimeConfig",
                                stage ->
                                        mac(
                                                stage,
                                                "\"runtimeConfig\": {\"mac\": \"02:00:00:00:00:02\"}}",
                                                "02:00:00:00:00:02"))
                        .step(
                                "args",
                                stage ->
                                        mac(
                                                stage,
                                                "\"runtimeConfig\": {\"mac\": \"02:00:00:00:00:02\"},"
                                                        + " \"args\": {\"cni\": {\"mac\":"
                                                        + " \"02:00:00:00:00:03\"}}}",
                                                "02:00:00:00:00:03"))
                        .build());
        all.add(
                of("tuning", "sysctl", "it sets sysctls of the container; CHECK sees a change")
                        .step(
                                "ADD with sysctl",
                                stage -> {
                                    stage.use(
                                            TUNING
                                                    + "\"sysctl\": {\"net.ipv4.conf.IFNAME.arp_filter\":"
                                                    + " \"1\", \"net.ipv4.ip_forward\": \"1\"}}");
                                    stage.add();
                                    stage.container()
                                            .seeSysctl(
                                                    "net.ipv4.conf." + IF_NAME + ".arp_filter",
                                                    "1");
                                    stage.container().seeSysctl("net.ipv4.ip_forward", "1");
                                    stage.node().seeSysctl("net.ipv4.ip_forward", "0");
                                    stage.check().silent();
                                    stage.container()
                                            .sysctl(
                                                    "net.ipv4.conf." + IF_NAME + ".arp_filter",
                                                    "0");
                                    stage.check().failed();
                                })
                        .build());
        all.add(
                of("tuning", "sysctl-refused", "sysctls outside of net are refused")
                        .step(
                                "kernel.shmmax",
                                stage ->
                                        refused(
                                                stage,
                                                TUNING + "\"sysctl\": {\"kernel.shmmax\": \"1\"}}"))
                        .step(
                                "net/../kernel/shmmax",
                                stage ->
                                        refused(
                                                stage,
                                                TUNING
                                                        + "\"sysctl\": {\"net/../kernel/shmmax\":"
                                                        + " \"1\"}}"))
                        .build());
    }

    private static void mac(Stage stage, String keys, String wanted) throws Exception {
        stage.use(TUNING + keys);
        stage.add(
                stage.request(CniCommand.ADD, stage.pod())
                        .set("CNI_ARGS", "IgnoreUnknown=1;MAC=02:00:00:00:00:01"),
                stage.pod(),
                IF_NAME);
        stage.container().see(LINK + "mac " + wanted);
    }

    private static void refused(Stage stage, String config) throws Exception {
        stage.use(config);
        stage.call(stage.request(CniCommand.ADD, stage.pod())).failed();
    }

    private static void bandwidth(List<Scenario> all) {
        all.add(
                of(
                                "bandwidth",
                                "ingress",
                                "ingressRate limits what the node's end of the pair sends")
                        .step(
                                "ADD",
                                stage -> {
                                    stage.add();
                                    stage.node().see("qdisc " + NODE_END + " tbf");
                                    stage.check().silent();
                                })
                        .build());
        all.add(
                of("bandwidth", "egress", "egressRate limits by an ifb that the result lists")
                        .step(
                                "ADD",
                                stage -> {
                                    List<CniInterface> links = stage.add().interfaces();
                                    String ifb = links.getLast().name();
                                    stage.node().see("link " + ifb + " kind ifb");
                                    stage.node().see("qdisc " + ifb + " tbf");
                                    stage.node().see("qdisc " + NODE_END + " ingress");
                                })
                        .step("DEL", stage -> stage.del().silent())
                        .step(
                                "the node",
                                stage -> {
                                    NetworkView view = stage.node().view();
                                    if (view.facts().stream()
                                            .anyMatch(f -> f.endsWith("kind ifb"))) {
                                        throw Mismatch.of("no ifb", view.like("link ").toString());
                                    }
                                })
                        .build());
        all.add(
                of(
                                "bandwidth",
                                "one-way",
                                "without egressRate there is no ifb, and the other way round")
                        .step(
                                "ADD with ingress only",
                                stage -> {
                                    stage.use(
                                            "{\"ingressRate\": 8000000, \"ingressBurst\": 800000}");
                                    stage.add();
                                    stage.node().see("qdisc " + NODE_END + " tbf");
                                    stage.node().miss("qdisc " + NODE_END + " ingress");
                                    stage.del().silent();
                                })
                        .build());
        all.add(
                of("bandwidth", "runtime", "the limits may come from runtimeConfig.bandwidth")
                        .step(
                                "ADD",
                                stage -> {
                                    stage.use(
                                            "{\"runtimeConfig\": {\"bandwidth\": {\"ingressRate\":"
                                                    + " 8000000, \"ingressBurst\": 800000}}}");
                                    stage.add();
                                    stage.node().see("qdisc " + NODE_END + " tbf");
                                })
                        .build());
        all.add(
                of("bandwidth", "none", "without limits nothing is changed")
                        .step(
                                "ADD",
                                stage -> {
                                    stage.pod();
                                    stage.use("{}");
                                    Set<String> before = stage.node().view().facts();
                                    stage.add();
                                    if (!stage.node().view().facts().equals(before)) {
                                        throw Mismatch.of(
                                                "no change",
                                                stage.node().view().facts().toString());
                                    }
                                })
                        .build());
        all.add(
                of("bandwidth", "refusals", "a rate needs a burst and a burst a rate")
                        .step("rate alone", stage -> refused(stage, "{\"ingressRate\": 8000}"))
                        .step("burst alone", stage -> refused(stage, "{\"egressBurst\": 8000}"))
                        .step(
                                "a burst of more than 4 GB",
                                stage ->
                                        refused(
                                                stage,
                                                "{\"ingressRate\": 8000, \"ingressBurst\":"
                                                        + " 34359738360}"))
                        .build());
        all.add(
                of(
                                "bandwidth",
                                "two-interfaces",
                                "two interfaces of a container in one network are limited each by its own")
                        .step(
                                "ADD of eth0 and eth1, DEL of eth0",
                                stage -> {
                                    stage.attachBefore(stage.pod(), "eth1", 9);
                                    stage.add();
                                    stage.add(stage.pod(), "eth1");
                                    stage.del().silent();
                                    stage.call(stage.request(CniCommand.CHECK, stage.pod(), "eth1"))
                                            .silent();
                                })
                        .build());
    }

    private static void sbr(List<Scenario> all) {
        all.add(
                of("sbr", "rule", "a rule sends what comes from the address to a table of its own")
                        .step(
                                "ADD",
                                stage -> {
                                    stage.add();
                                    stage.container().see("rule from 10.9.1.2/32 lookup 100");
                                    stage.container()
                                            .see(
                                                    "route default via 10.9.1.1 dev "
                                                            + IF_NAME
                                                            + " table 100");
                                    stage.container()
                                            .see("route 10.9.1.0/24 dev " + IF_NAME + " table 100");
                                })
                        .step("DEL", stage -> stage.del().silent())
                        .step(
                                "the container",
                                stage -> stage.container().miss("rule from 10.9.1.2/32"))
                        .build());
        all.add(
                of("sbr", "table", "table names the table; only the rule is made")
                        .step(
                                "ADD with table 4711",
                                stage -> {
                                    stage.use("{\"table\": 4711}");
                                    stage.add();
                                    stage.container().see("rule from 10.9.1.2/32 lookup 4711");
                                })
                        .build());
        all.add(
                of("sbr", "two-interfaces", "each interface has a table of its own")
                        .step(
                                "ADD of eth0 and eth1",
                                stage -> {
                                    stage.attachBefore(stage.pod(), "eth1", 9);
                                    stage.add();
                                    stage.add(stage.pod(), "eth1");
                                    stage.container().see("rule from 10.9.1.2/32 lookup 100");
                                    stage.container().see("rule from 10.9.9.2/32 lookup 101");
                                })
                        .build());
        all.add(
                of("sbr", "check", "CHECK fails when the rule is missing")
                        .step("ADD", Stage::add)
                        .step("remove the rule", stage -> removeRule(stage))
                        .step("CHECK", stage -> stage.check().failed())
                        .build());
    }

    private static void removeRule(Stage stage) throws Exception {
        try (var netlink = dev.kakehashi.linux.rtnetlink.RtNetlink.open(stage.pod().netns())) {
            for (var rule : netlink.rules()) {
                if (rule.from().isPresent()) {
                    netlink.execute(dev.kakehashi.linux.rtnetlink.Rules.delete(rule));
                }
            }
        }
    }

    private static void vrf(List<Scenario> all) {
        all.add(
                of(
                                "vrf",
                                "port",
                                "the interface is a port of the VRF, its routes in the VRF's table")
                        .step(
                                "ADD with table 77",
                                stage -> {
                                    stage.use("{\"vrfname\": \"red\", \"table\": 77}");
                                    stage.add();
                                    stage.container().see("link red kind vrf");
                                    stage.container().see("link red table 77");
                                    stage.container().see("link " + IF_NAME + " master red");
                                    stage.container()
                                            .see(
                                                    "route default via 10.9.1.1 dev "
                                                            + IF_NAME
                                                            + " table 77");
                                    stage.check().silent();
                                })
                        .step("DEL", stage -> stage.del().silent())
                        .step("the container", stage -> stage.container().miss("link red"))
                        .build());
        all.add(
                of("vrf", "shared", "the VRF stays as long as it has a port")
                        .step(
                                "ADD of eth0 and eth1, DEL of eth0, DEL of eth1",
                                stage -> {
                                    stage.attachBefore(stage.pod(), "eth1", 9);
                                    stage.add();
                                    stage.add(stage.pod(), "eth1");
                                    stage.del().silent();
                                    stage.container().see("link eth1 master red");
                                    stage.call(stage.request(CniCommand.DEL, stage.pod(), "eth1"))
                                            .silent();
                                    stage.container().miss("link red");
                                })
                        .build());
        all.add(
                of(
                                "vrf",
                                "refusals",
                                "no name, another table, and an interface with a master are refused")
                        .step("no vrfname", stage -> refused(stage, "{}"))
                        .step(
                                "ADD in table 77, then in table 78",
                                stage -> {
                                    stage.attachBefore(stage.pod(), "eth1", 9);
                                    stage.use("{\"vrfname\": \"red\", \"table\": 77}");
                                    stage.add();
                                    stage.use("{\"vrfname\": \"red\", \"table\": 78}");
                                    stage.call(stage.request(CniCommand.ADD, stage.pod(), "eth1"))
                                            .failed();
                                })
                        .build());
    }
}
