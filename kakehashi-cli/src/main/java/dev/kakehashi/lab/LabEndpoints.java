package dev.kakehashi.lab;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.netns.Netns;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The sockets of one reachability test. They hold the pods' namespaces alive, so they are closed as
 * soon as the test is over.
 */
final class LabEndpoints implements AutoCloseable {
    private final List<Endpoint> endpoints = new ArrayList<>();

    List<Endpoint> all() {
        return List.copyOf(endpoints);
    }

    /** A pod; its namespace is known inside its node only. */
    void pod(LabPod pod, NodeSandbox sandbox) throws IOException {
        DatagramChannel channel = sandbox.call(() -> socketIn(pod.netns()));
        add(pod.name(), Endpoint.Kind.POD, pod.node(), pod.address(), channel);
    }

    /** A node, by its underlay address. */
    void node(LabNode node) throws IOException {
        DatagramChannel channel = socketIn(LabDirectory.netns(node.netns()));
        add(node.name(), Endpoint.Kind.NODE, node.name(), node.address(), channel);
    }

    /** The host outside the cluster. */
    void outside(LabTopology topology) throws IOException {
        DatagramChannel channel = socketIn(LabDirectory.netns(topology.outsideNetns()));
        add("outside", Endpoint.Kind.OUTSIDE, "outside", LabTopology.OUTSIDE_ADDRESS, channel);
    }

    private void add(
            String name, Endpoint.Kind kind, String node, String address, DatagramChannel channel) {
        InetAddress parsed = IpAddresses.parse(address);
        endpoints.add(new Endpoint(name, kind, node, parsed, channel));
    }

    private static DatagramChannel socketIn(Path namespace) throws IOException {
        try (Netns netns = Netns.open(namespace)) {
            return netns.<DatagramChannel, IOException>call(() ->
                    DatagramChannel.open(StandardProtocolFamily.INET)
                            .bind(new InetSocketAddress(Prober.PORT)));
        }
    }

    @Override
    public void close() throws IOException {
        for (Endpoint endpoint : endpoints) {
            endpoint.channel().close();
        }
    }
}
