package dev.kakehashi.conformance.scenario;

import static dev.kakehashi.conformance.scenario.FilterBehaviour.HOST_PORT;
import static dev.kakehashi.conformance.scenario.FilterBehaviour.NODE;
import static dev.kakehashi.conformance.scenario.FilterBehaviour.PORT;
import static dev.kakehashi.conformance.scenario.FilterBehaviour.config;
import static dev.kakehashi.conformance.scenario.FilterBehaviour.mapping;
import static dev.kakehashi.conformance.scenario.FilterBehaviour.portmap;
import static dev.kakehashi.conformance.scenario.FilterBehaviour.publish;
import static dev.kakehashi.conformance.scenario.FilterBehaviour.routed;
import static dev.kakehashi.conformance.stage.Stage.IF_NAME;

import dev.kakehashi.conformance.stage.Mismatch;
import dev.kakehashi.conformance.stage.Place;
import dev.kakehashi.conformance.stage.Stage;
import dev.kakehashi.conformance.stage.Traffic;
import dev.kakehashi.linux.iptables.Iptables;
import dev.kakehashi.linux.iptables.IptablesFamily;

import java.util.List;

/** What further keys of {@code portmap} do to packets, and what it does for IPv6 and UDP. */
final class PortmapBehaviour {
    private static final String NODE6 = "2001:db8:ff::1";
    private static final String OUTSIDE = "192.0.2.2";

    private PortmapBehaviour() {}

    static void add(List<Scenario> all, String backend) {
        ports(all, backend);
        ipv6(all, backend);
        keys(all, backend);
        all.add(
                portmap(backend, "check", "CHECK fails when the rules are gone")
                        .proves(36)
                        .step(
                                "ADD",
                                stage -> {
                                    stage.use(config(backend, mapping("tcp", "")));
                                    stage.add();
                                })
                        .step("flush the packet filter", stage -> stage.node().flushFilter())
                        .checkFails()
                        .del()
                        .build());
    }

    private static void ports(List<Scenario> all, String backend) {
        all.add(
                portmap(backend, "udp", "a UDP port is reached from outside and from the node")
                        .step(
                                "ADD, questions",
                                stage -> {
                                    stage.use(config(backend, mapping("udp", "")));
                                    Place outside = routed(stage);
                                    stage.serveUdp(stage.container(), PORT);
                                    stage.add();
                                    udp(outside, NODE, "the port from outside");
                                    udp(stage.node(), NODE, "the port from the node");
                                })
                        .check()
                        .del()
                        .step(
                                "from the node",
                                stage ->
                                        Traffic.unreached(
                                                Traffic.askUdp(stage.node(), 0, NODE, HOST_PORT),
                                                "the port after DEL"))
                        .build());
        all.add(
                portmap(
                                backend,
                                "several",
                                "several ports of two protocols are published, each to its own, and no"
                                        + " other")
                        .step(
                                "ADD of 8080/tcp, 8081/tcp and 8080/udp, questions",
                                s -> several(s, backend))
                        .check()
                        .del()
                        .build());
        all.add(
                portmap(
                                backend,
                                "others-address",
                                "connections to a port of another machine are not taken, also not"
                                        + " where hostIP is that machine's")
                        .upstream("plugins #1209")
                        .step(
                                "ADD with the address of a machine outside as hostIP, connections",
                                stage -> {
                                    stage.use(
                                            config(
                                                    backend,
                                                    mapping("tcp", "")
                                                            + ", "
                                                            + mapping(
                                                                    "tcp",
                                                                    ", \"hostIP\": \"192.0.2.2\"")));
                                    Place outside = routed(stage);
                                    stage.serveTcp(outside, HOST_PORT);
                                    stage.add();
                                    Traffic.reached(
                                            stage.container(),
                                            OUTSIDE,
                                            HOST_PORT,
                                            "the machine outside from a container");
                                    Traffic.reached(
                                            stage.node(),
                                            OUTSIDE,
                                            HOST_PORT,
                                            "the machine outside from the node");
                                })
                        .build());
    }

    private static void udp(Place from, String address, String what) throws Exception {
        Traffic.reached(() -> Traffic.askUdp(from, 0, address, HOST_PORT), what);
    }

    private static void several(Stage stage, String backend) throws Exception {
        stage.use(
                config(
                        backend,
                        mapping("tcp", "")
                                + ", {\"hostPort\": 8081, \"containerPort\": 81, \"protocol\":"
                                + " \"tcp\"}, "
                                + mapping("udp", "")));
        Place outside = routed(stage);
        stage.serveTcp(stage.container(), PORT);
        stage.serveTcp(stage.container(), PORT + 1);
        stage.serveUdp(stage.container(), PORT);
        stage.add();
        Traffic.reached(outside, NODE, HOST_PORT, "8080/tcp");
        Traffic.reached(outside, NODE, HOST_PORT + 1, "8081/tcp");
        udp(outside, NODE, "8080/udp");
        Traffic.unreached(Traffic.askUdp(outside, 0, NODE, HOST_PORT + 1), "8081/udp");
        Traffic.unreached(outside, NODE, PORT, "80/tcp of the node");
    }

    private static void ipv6(List<Scenario> all, String backend) {
        all.add(
                portmap(
                                backend,
                                "ipv6",
                                "of a container with both families a port is reached by both, from"
                                        + " outside and from the node")
                        .step(
                                "ADD, connections",
                                stage -> {
                                    Place outside = routed6(stage);
                                    publish(stage, config(backend, mapping("tcp", "")));
                                    tcp(outside, NODE6, "the port from outside by IPv6");
                                    tcp(stage.node(), NODE6, "the port from the node by IPv6");
                                    tcp(outside, NODE, "the port from outside by IPv4");
                                })
                        .check()
                        .del()
                        .step(
                                "from the node",
                                stage ->
                                        Traffic.unreached(
                                                stage.node(),
                                                NODE6,
                                                HOST_PORT,
                                                "the port after DEL"))
                        .build());
        all.add(
                portmap(
                                backend,
                                "host-ip-ipv6",
                                "an IPv6 hostIP publishes on that address only, and on no IPv4 one")
                        .step(
                                "ADD with hostIP, connections",
                                stage -> {
                                    Place outside = routed6(stage);
                                    stage.node().address("toward", "2001:db8:ff::7/64");
                                    publish(
                                            stage,
                                            config(
                                                    backend,
                                                    mapping(
                                                            "tcp",
                                                            ", \"hostIP\": \"2001:db8:ff::7\"")));
                                    tcp(outside, "2001:db8:ff::7", "the port on 2001:db8:ff::7");
                                    Traffic.unreached(
                                            outside, NODE6, HOST_PORT, "the port on " + NODE6);
                                    Traffic.unreached(
                                            outside, NODE, HOST_PORT, "the port on " + NODE);
                                })
                        .build());
    }

    private static void tcp(Place from, String address, String what) throws Exception {
        Traffic.reached(from, address, HOST_PORT, what);
    }

    /** As {@link FilterBehaviour#routed}, of both families. */
    static Place routed6(Stage stage) throws Exception {
        Place outside = routed(stage);
        stage.attachIpv6Before(stage.pod(), IF_NAME, 1);
        stage.node().sysctl("net.ipv6.conf.all.forwarding", "1");
        outside.route("fd00:9::/32", NODE6, "up0");
        return outside;
    }

    private static void keys(List<Scenario> all, String backend) {
        boolean iptables = backend.equals("iptables");
        all.add(
                portmap(
                                backend,
                                "conditions",
                                "conditionsV4 is what a packet must fulfil besides: clients it"
                                        + " excludes do not reach the port")
                        .step(
                                "ADD with all but 192.0.2.2, connections",
                                stage -> {
                                    Place outside = routed(stage);
                                    outside.address("up0", "192.0.2.3/24");
                                    publish(
                                            stage,
                                            with(
                                                    backend,
                                                    iptables
                                                            ? "\"conditionsV4\": [\"!\", \"-s\","
                                                                    + " \"192.0.2.2/32\"]"
                                                            : "\"conditionsV4\": [\"ip\", \"saddr\","
                                                                    + " \"!=\", \"192.0.2.2\"]"));
                                    tcp(stage.node(), NODE, "the port from the node");
                                    Traffic.reachedAs(
                                            () ->
                                                    Traffic.askTcp(
                                                            outside, "192.0.2.3", NODE, HOST_PORT),
                                            "the port from 192.0.2.3",
                                            "192.0.2.3/32");
                                    Traffic.unreached(
                                            Traffic.askTcp(outside, OUTSIDE, NODE, HOST_PORT),
                                            "the port from 192.0.2.2");
                                })
                        .check()
                        .del()
                        .build());
        all.add(
                portmap(
                                backend,
                                "snat-off",
                                "with snat false nothing is masqueraded: a client outside reaches the"
                                        + " port, one by 127.0.0.1 does not")
                        .step(
                                "ADD with snat false, connections",
                                stage -> {
                                    Place outside = routed(stage);
                                    publish(stage, with(backend, "\"snat\": false"));
                                    Traffic.reachedAs(
                                            outside,
                                            NODE,
                                            HOST_PORT,
                                            "the port from outside",
                                            "192.0.2.2/32");
                                    Traffic.unreached(
                                            stage.node(),
                                            "127.0.0.1",
                                            HOST_PORT,
                                            "the port as 127.0.0.1");
                                })
                        .check()
                        .build());
        all.add(
                portmap(
                                backend,
                                "masq-all",
                                "with masqAll every client is seen by the node's address")
                        .upstream(iptables ? new String[0] : new String[] {"plugins #1234"})
                        .step(
                                "ADD with masqAll, a connection",
                                stage -> {
                                    Place outside = routed(stage);
                                    publish(stage, with(backend, "\"masqAll\": true"));
                                    Traffic.reachedAs(
                                            outside,
                                            NODE,
                                            HOST_PORT,
                                            "the port from outside",
                                            "10.9.1.1/32");
                                })
                        .check()
                        .build());
    }

    private static String with(String backend, String keys) {
        return "{\"backend\": \""
                + backend
                + "\", "
                + keys
                + ", \"runtimeConfig\": {\"portMappings\": ["
                + mapping("tcp", "")
                + "]}}";
    }

    static void refusals(List<Scenario> all) {
        all.add(
                FilterBehaviour.of(
                                "portmap",
                                "refusals-keys",
                                "keys that exclude each other or the back end, and impossible values,"
                                        + " are refused")
                        .refused(
                                "containerPort 0",
                                config(
                                        "iptables",
                                        "{\"hostPort\": 8080, \"containerPort\": 0,"
                                                + " \"protocol\": \"tcp\"}"),
                                "Invalid container port number: 0")
                        .refused(
                                "markMasqBit 32",
                                with("iptables", "\"markMasqBit\": 32"),
                                "MasqMarkBit must be between 0 and 31")
                        .refused(
                                "markMasqBit and externalSetMarkChain",
                                with(
                                        "iptables",
                                        "\"markMasqBit\": 5," + " \"externalSetMarkChain\": \"X\""),
                                "Cannot specify externalSetMarkChain and markMasqBit")
                        .refused(
                                "nftables with conditions of iptables",
                                with("nftables", "\"conditionsV4\": [\"-s\", \"192.0.2.0/24\"]"),
                                "nftables")
                        .refused(
                                "iptables with conditions of nftables",
                                with(
                                        "iptables",
                                        "\"conditionsV4\": [\"ip\", \"saddr\", \"192.0.2.0/24\"]"),
                                "iptables")
                        .build());
        all.add(
                FilterBehaviour.of(
                                "portmap",
                                "mark-bit",
                                "markMasqBit is the bit of the mark by which iptables masquerades")
                        .step(
                                "ADD with markMasqBit 5",
                                stage -> {
                                    routed(stage);
                                    publish(stage, with("iptables", "\"markMasqBit\": 5"));
                                    tcp(
                                            stage.container(),
                                            NODE,
                                            "the port from the container itself");
                                    List<String> rules =
                                            Iptables.in(stage.node().netns(), IptablesFamily.IPV4)
                                                    .save("nat");
                                    if (rules.stream().noneMatch(r -> r.contains("0x20/0x20"))) {
                                        throw Mismatch.of(
                                                "a rule with the mark 0x20/0x20",
                                                String.join("; ", rules));
                                    }
                                })
                        .check()
                        .build());
    }
}
