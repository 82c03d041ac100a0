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

import java.net.InetAddress;

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
        state.add(underlay, Sysctl.shared("net/ipv4/ip_forward", "1"));
        for (int segment = 1; segment <= topology.segments(); segment++) {
            segment(segment);
        }
        outside();
        topology.nodes().forEach(this::node);
        return state.build();
    }

    private void segment(int segment) {
        String bridge = bridge(segment);
        state.add(
                underlay,
                Link.create(bridge, Bridge.plain()).owner(OWNER).up(true).build(),
                Address.of(
                        bridge, prefix(LabTopology.gateway(segment), LabTopology.UNDERLAY_LENGTH)));
    }

    private void outside() {
        cable("outside", outside);
        state.add(
                underlay,
                Address.of(
                        "outside",
                        prefix(LabTopology.OUTSIDE_GATEWAY, LabTopology.OUTSIDE_LENGTH)));
        address(
                outside,
                prefix(LabTopology.OUTSIDE_ADDRESS, LabTopology.OUTSIDE_LENGTH),
                LabTopology.OUTSIDE_GATEWAY);
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
        address(namespace, prefix(node.address(), LabTopology.UNDERLAY_LENGTH), node.gateway());
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

    private void address(NamespaceId namespace, IpPrefix prefix, String gateway) {
        state.add(
                namespace,
                Address.of(NODE_INTERFACE, prefix),
                Route.to(prefix("0.0.0.0", 0), NextHop.via(address(gateway), NODE_INTERFACE))
                        .build());
    }

    private static String bridge(int segment) {
        return "segment" + segment;
    }

    private static IpPrefix prefix(String address, int length) {
        return new IpPrefix(address(address), length);
    }

    private static InetAddress address(String literal) {
        return IpAddresses.parse(literal);
    }
}
