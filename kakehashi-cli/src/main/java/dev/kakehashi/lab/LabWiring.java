package dev.kakehashi.lab;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.rtnetlink.Bridge;
import dev.kakehashi.state.Address;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.LinkRef;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.NextHop;
import dev.kakehashi.state.Route;
import dev.kakehashi.state.Sysctl;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;

/**
 * Compiles a topology to the kernel objects of its underlay: a bridge for each segment with the
 * router's address, a port for each node, and the link to the outside host. The outside host has no
 * route to the pods: it sees what a network outside the cluster sees.
 */
final class LabWiring {
    static final String NODE_INTERFACE = "eth0";

    private static final String OWNER = "lab";

    private final LabTopology topology;
    private final NamespaceId underlay;
    private final NamespaceId outside;
    private final DesiredState.Builder state = DesiredState.builder();

    private LabWiring(LabTopology topology) {
        this.topology = topology;
        this.underlay = new NamespaceId(topology.underlayNetns());
        this.outside = new NamespaceId(topology.outsideNetns());
    }

    /** The wiring of the whole lab, by the names of its namespaces. */
    static DesiredState compile(LabTopology topology) {
        return new LabWiring(topology).compile();
    }

    private DesiredState compile() {
        topology.family()
                .of("net/ipv4/ip_forward", "net/ipv6/conf/all/forwarding")
                .forEach(name -> state.add(underlay, Sysctl.shared(name, "1")));
        for (int segment = 1; segment <= topology.segments(); segment++) {
            segment(segment);
        }
        outside();
        topology.nodes().forEach(this::node);
        return state.build();
    }

    private void segment(int segment) {
        String bridge = bridge(segment);
        state.add(underlay, Link.create(bridge, Bridge.plain()).owner(OWNER).up(true).build());
        addresses(underlay, bridge, topology.gateways(segment));
    }

    private void outside() {
        cable("outside", outside);
        addresses(underlay, "outside", topology.outsideGateways());
        addresses(outside, NODE_INTERFACE, topology.outsideAddresses());
        defaultRoutes(outside, topology.outsideGateways());
    }

    private void node(LabNode node) {
        NamespaceId namespace = new NamespaceId(node.netns());
        state.add(
                underlay,
                Link.veth(node.name(), new LinkRef(namespace, NODE_INTERFACE))
                        .owner(OWNER)
                        .master(bridge(node.segment()))
                        .up(true)
                        .build());
        interfaceOf(namespace, node.name());
        addresses(namespace, NODE_INTERFACE, node.addresses());
        defaultRoutes(namespace, node.gateways());
    }

    private void cable(String port, NamespaceId namespace) {
        state.add(
                underlay,
                Link.veth(port, new LinkRef(namespace, NODE_INTERFACE))
                        .owner(OWNER)
                        .up(true)
                        .build());
        interfaceOf(namespace, port);
    }

    private void interfaceOf(NamespaceId namespace, String port) {
        state.add(
                namespace,
                Link.existing("lo").up(true).build(),
                Link.veth(NODE_INTERFACE, new LinkRef(underlay, port))
                        .owner(OWNER)
                        .up(true)
                        .build());
    }

    /** Nobody else has them: they can be used at once. */
    private void addresses(NamespaceId namespace, String device, List<String> addresses) {
        for (String literal : addresses) {
            InetAddress address = IpAddresses.parse(literal);
            int length = address instanceof Inet4Address ? 24 : 64;
            Address wanted = Address.of(device, new IpPrefix(address, length));
            state.add(namespace, address instanceof Inet4Address ? wanted : wanted.withoutDad());
        }
    }

    private void defaultRoutes(NamespaceId namespace, List<String> gateways) {
        for (String literal : gateways) {
            InetAddress gateway = IpAddresses.parse(literal);
            IpPrefix all = IpPrefix.parse(gateway instanceof Inet4Address ? "0.0.0.0/0" : "::/0");
            state.add(namespace, Route.to(all, NextHop.via(gateway, NODE_INTERFACE)).build());
        }
    }

    private static String bridge(int segment) {
        return "segment" + segment;
    }
}
