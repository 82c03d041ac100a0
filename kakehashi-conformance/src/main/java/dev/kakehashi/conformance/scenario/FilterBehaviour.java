package dev.kakehashi.conformance.scenario;

import static dev.kakehashi.conformance.stage.Stage.IF_NAME;

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
import java.util.Optional;

/** What configurations of {@code portmap} and {@code firewall} do to packets. */
final class FilterBehaviour {
    static final int HOST_PORT = 8080;
    static final int PORT = 80;
    static final String NODE = "192.0.2.1";

    private FilterBehaviour() {}

    static Scenario.Builder of(String type, String id, String requirement) {
        return Scenario.plugin(type, id, requirement).since(CniVersion.V0_4_0);
    }

    static List<Scenario> scenarios() {
        List<Scenario> all = new ArrayList<>();
        for (String backend : List.of("iptables", "nftables")) {
            portmap(all, backend);
        }
        refusals(all);
        for (String backend : List.of("iptables", "nftables")) {
            PortmapBehaviour.add(all, backend);
        }
        PortmapBehaviour.refusals(all);
        firewall(all);
        FirewallBehaviour.add(all);
        return all;
    }

    static Scenario.Builder portmap(String backend, String id, String requirement) {
        return of("portmap", id + "-" + backend, requirement + " (back end " + backend + ")")
                .since(backend.equals("nftables") ? CniVersion.V1_1_0 : CniVersion.V0_4_0);
    }

    static String config(String backend, String mapping) {
        return "{\"backend\": \""
                + backend
                + "\", \"runtimeConfig\": {\"portMappings\": ["
                + mapping
                + "]}}";
    }

    static String mapping(String protocol, String more) {
        return "{\"hostPort\": 8080, \"containerPort\": 80, \"protocol\": \""
                + protocol
                + "\""
                + more
                + "}";
    }

    private static void portmap(List<Scenario> all, String backend) {
        all.add(
                portmap(
                                backend,
                                "published",
                                "a published port is reached from outside and from the node")
                        .step("ADD", stage -> published(stage, backend))
                        .check()
                        .del()
                        .step(
                                "from the node",
                                stage ->
                                        Traffic.unreached(
                                                stage.node(),
                                                NODE,
                                                HOST_PORT,
                                                "the port after DEL"))
                        .build());
        all.add(
                portmap(
                                backend,
                                "localhost",
                                "a published port is reached as 127.0.0.1 on the node")
                        .step(
                                "ADD, a connection",
                                stage -> {
                                    routed(stage);
                                    publish(stage, config(backend, mapping("tcp", "")));
                                    Traffic.reached(
                                            stage.node(),
                                            "127.0.0.1",
                                            HOST_PORT,
                                            "the port as 127.0.0.1");
                                })
                        .build());
        all.add(
                portmap(backend, "hairpin", "a container reaches its own published port")
                        .step(
                                "ADD, a connection",
                                stage -> {
                                    routed(stage);
                                    publish(stage, config(backend, mapping("tcp", "")));
                                    Traffic.reached(
                                            stage.container(),
                                            NODE,
                                            HOST_PORT,
                                            "the port from the container itself");
                                })
                        .build());
        all.add(
                portmap(backend, "source", "a client outside is seen by its own address")
                        .step(
                                "ADD, a connection",
                                stage -> {
                                    Place outside = routed(stage);
                                    publish(stage, config(backend, mapping("tcp", "")));
                                    Traffic.reachedAs(
                                            outside,
                                            NODE,
                                            HOST_PORT,
                                            "the port from outside",
                                            "192.0.2.2/32");
                                })
                        .build());
        all.add(
                portmap(backend, "host-ip", "hostIP publishes on that address only")
                        .step(
                                "ADD with hostIP, connections",
                                stage -> {
                                    Place outside = routed(stage);
                                    stage.node().address("toward", "192.0.2.7/24");
                                    publish(
                                            stage,
                                            config(
                                                    backend,
                                                    mapping("tcp", ", \"hostIP\": \"192.0.2.7\"")));
                                    Traffic.reached(
                                            outside,
                                            "192.0.2.7",
                                            HOST_PORT,
                                            "the port on 192.0.2.7");
                                    Traffic.unreached(
                                            outside, NODE, HOST_PORT, "the port on " + NODE);
                                })
                        .build());
        all.add(
                portmap(
                                backend,
                                "udp-moves",
                                "UDP from one client goes to the new container when the port changes"
                                        + " hands")
                        .features("conntrack")
                        .upstream("plugins #123", "plugins #1190")
                        .step("ADD, ask, DEL, ADD of another, ask", stage -> udp(stage, backend))
                        .build());
        all.add(
                portmap(
                                backend,
                                "two-networks",
                                "DEL of one interface leaves the ports of the container's other")
                        .step(
                                "ADD of eth0 with 8080 and eth1 with 8081, DEL of eth1",
                                stage -> {
                                    Place outside = routed(stage);
                                    stage.attachBefore(stage.pod(), "eth1", 9);
                                    stage.serveTcp(stage.container(), PORT);
                                    stage.use(config(backend, mapping("tcp", "")));
                                    stage.add();
                                    stage.use(
                                            config(
                                                    backend,
                                                    "{\"hostPort\": 8081, \"containerPort\": 80,"
                                                            + " \"protocol\": \"tcp\"}"));
                                    stage.add(stage.pod(), "eth1");
                                    stage.del(stage.pod(), "eth1").silent();
                                    Traffic.reached(
                                            outside,
                                            NODE,
                                            HOST_PORT,
                                            "the port of eth0 after DEL of eth1");
                                })
                        .build());
        all.add(
                portmap(backend, "gc", "GC removes the ports of containers that are not valid")
                        .since(CniVersion.V1_1_0)
                        .upstream("plugins #1013")
                        .step(
                                "ADD, GC",
                                stage -> {
                                    Place outside = routed(stage);
                                    publish(stage, config(backend, mapping("tcp", "")));
                                    stage.gc().silent();
                                    Traffic.unreached(
                                            outside, NODE, HOST_PORT, "the port after GC");
                                })
                        .build());
    }

    /** A node that forwards, with a machine outside. */
    static Place routed(Stage stage) throws Exception {
        stage.pod();
        stage.node().sysctl("net.ipv4.ip_forward", "1");
        Place outside = stage.outside();
        outside.route("10.9.0.0/16", NODE, "up0");
        return outside;
    }

    /** ADD of a container whose port answers TCP. */
    static void publish(Stage stage, String config) throws Exception {
        stage.use(config);
        stage.serveTcp(stage.container(), PORT);
        stage.add();
    }

    private static void published(Stage stage, String backend) throws Exception {
        Place outside = routed(stage);
        publish(stage, config(backend, mapping("tcp", "")));
        Traffic.reached(outside, NODE, HOST_PORT, "the port from outside");
        Traffic.reached(stage.node(), NODE, HOST_PORT, "the port from the node itself");
    }

    private static void udp(Stage stage, String backend) throws Exception {
        stage.use(config(backend, mapping("udp", "")));
        Place outside = routed(stage);
        stage.serveUdp(stage.container(), PORT);
        stage.add();
        int clientPort = 40000;
        Traffic.reached(
                () -> Traffic.askUdp(outside, clientPort, NODE, HOST_PORT),
                "the first container by UDP");
        stage.del().silent();
        Pod two = stage.pod("two");
        stage.serveUdp(stage.in(two), PORT);
        stage.container().remove(IF_NAME);
        stage.add(two);
        Traffic.reached(
                () -> Traffic.askUdp(outside, clientPort, NODE, HOST_PORT),
                "the second container by UDP, from the same port");
    }

    private static void refusals(List<Scenario> all) {
        all.add(
                of(
                                "portmap",
                                "refusals",
                                "ports that do not exist and unknown back ends are refused")
                        .refused(
                                "hostPort 0",
                                "{\"runtimeConfig\": {\"portMappings\": [{\"hostPort\":"
                                        + " 0, \"containerPort\": 80, \"protocol\":"
                                        + " \"tcp\"}]}}",
                                "Invalid host port number: 0")
                        .refused("an unknown backend", config("ipfw", mapping("tcp", "")), "ipfw")
                        .build());
        all.add(
                of("portmap", "port-too-high", "ports above 65535 are refused")
                        .refused(
                                "hostPort 70000",
                                "{\"runtimeConfig\": {\"portMappings\": [{\"hostPort\":"
                                        + " 70000, \"containerPort\": 80, \"protocol\":"
                                        + " \"tcp\"}]}}",
                                "70000")
                        .build());
        all.add(
                of(
                                "portmap",
                                "none",
                                "without mappings the result is passed on and nothing is made")
                        .step(
                                "ADD",
                                stage -> {
                                    stage.use("{}");
                                    stage.add();
                                })
                        .del()
                        .build());
    }

    private static void firewall(List<Scenario> all) {
        all.add(
                of(
                                "firewall",
                                "admitted",
                                "where the node forwards nothing by default, a container's connections are"
                                        + " let through, and no longer after DEL")
                        .step(
                                "have the node drop what it would forward, ADD, connections",
                                stage -> {
                                    Place outside = closed(stage);
                                    stage.serveTcp(outside, PORT);
                                    Traffic.unreached(out(stage), "outside before ADD");
                                    stage.add();
                                    Traffic.reached(() -> out(stage), "outside");
                                    stage.check().silent();
                                })
                        .del()
                        .step(
                                "a connection",
                                stage -> Traffic.unreached(out(stage), "outside after DEL"))
                        .build());
        all.add(
                of("firewall", "not-from-outside", "connections from outside are not let through")
                        .step(
                                "ADD, a connection to the container",
                                stage -> {
                                    Place outside = closed(stage);
                                    stage.serveTcp(stage.container(), PORT);
                                    stage.add();
                                    Traffic.unreached(
                                            outside,
                                            "10.9.1.2",
                                            PORT,
                                            "the container from outside");
                                })
                        .build());
        all.add(
                of("firewall", "others-kept", "DEL of one container leaves the rules of another")
                        .step(
                                "ADD, ADD, DEL of the second",
                                stage -> {
                                    Place outside = closed(stage);
                                    stage.serveTcp(outside, PORT);
                                    stage.add();
                                    stage.add(stage.pod("two"));
                                    stage.del(stage.pod("two")).silent();
                                    Traffic.reached(() -> out(stage), "outside");
                                })
                        .build());
        all.add(
                of("firewall", "check", "CHECK fails when the rules are gone")
                        .proves(36)
                        .step(
                                "ADD, flush the filter table, CHECK",
                                stage -> {
                                    closed(stage);
                                    stage.add();
                                    iptables(stage, "-F CNI-FORWARD");
                                    stage.check().failed();
                                })
                        .build());
        all.add(
                of("firewall", "ingress-unknown", "an unknown ingressPolicy is refused")
                        .refused(
                                "ADD",
                                "{\"backend\": \"iptables\", \"ingressPolicy\":" + " \"sideways\"}",
                                "sideways")
                        .build());
        all.add(
                of("firewall", "gc", "GC removes the rules of containers that are not valid")
                        .since(CniVersion.V1_1_0)
                        .upstream("plugins #1013")
                        .step(
                                "ADD, GC, a connection",
                                stage -> {
                                    Place outside = closed(stage);
                                    stage.serveTcp(outside, PORT);
                                    stage.add();
                                    stage.gc().silent();
                                    Traffic.unreached(out(stage), "outside after GC");
                                })
                        .build());
    }

    static Optional<String> out(Stage stage) throws Exception {
        return Traffic.askTcp(stage.container(), "192.0.2.2", PORT);
    }

    /** A node that forwards only what a rule lets through. */
    static Place closed(Stage stage) throws Exception {
        Place outside = routed(stage);
        iptables(stage, ":FORWARD DROP [0:0]");
        return outside;
    }

    private static void iptables(Stage stage, String change) throws Exception {
        iptables(stage, IptablesFamily.IPV4, change);
    }

    static void iptables(Stage stage, IptablesFamily family, String change) throws Exception {
        try {
            Iptables.in(stage.node().netns(), family).restore("filter", List.of(change));
        } catch (IptablesException e) {
            if (!change.startsWith(":")) {
                throw Mismatch.of(
                        "a chain " + change.split(" ", 3)[1] + " in the filter table",
                        String.valueOf(e));
            }
            throw Unsuitable.because("no iptables here: " + e.getMessage());
        }
    }
}
