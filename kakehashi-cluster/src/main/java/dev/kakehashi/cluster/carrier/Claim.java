package dev.kakehashi.cluster.carrier;

import dev.kakehashi.cluster.NetworkSpec;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.NodeAnnotations;
import dev.kakehashi.cluster.TunnelDevice;
import dev.kakehashi.cluster.node.UnderlayAddress;
import dev.kakehashi.cluster.node.VtepData;
import dev.kakehashi.cluster.node.WireguardData;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.wireguard.WireguardKey;

import java.net.InetAddress;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** What a Node says of itself, read from its text. Whether it is believed is another matter. */
record Claim(
        Node node,
        Family ipv4,
        Family ipv6,
        Map<TunnelDevice, WireguardKey> tunnelKeys,
        Map<TunnelDevice, Integer> tunnelPorts,
        OptionalInt podMtu) {
    private static final Pattern PLAUSIBLE_MTU = Pattern.compile("[0-9]{3,5}");

    /** One family: the address others send to, and that of its VXLAN device. */
    private record Family(Optional<InetAddress> underlay, Optional<MacAddress> vtep) {
        static Family of(Node node, boolean ipv4) {
            return new Family(UnderlayAddress.sentTo(node, ipv4), VtepData.macOf(node, ipv4));
        }
    }

    static Claim of(Node node) {
        return new Claim(
                node,
                Family.of(node, true),
                Family.of(node, false),
                WireguardData.keysOf(node),
                WireguardData.portsOf(node),
                podMtuOf(node));
    }

    /** What is no MTU says nothing. */
    private static OptionalInt podMtuOf(Node node) {
        String text = node.metadata().annotations().getOrDefault(NodeAnnotations.POD_MTU, "");
        return PLAUSIBLE_MTU.matcher(text).matches()
                        && Integer.parseInt(text) >= NetworkSpec.MIN_MTU
                ? OptionalInt.of(Integer.parseInt(text))
                : OptionalInt.empty();
    }

    /** Whether another says nothing else that a network depends on. */
    boolean saysTheSame(Claim other) {
        return node.name().equals(other.node.name())
                && node.metadata().created().equals(other.node.metadata().created())
                && node.podCidrs().equals(other.node.podCidrs())
                && ipv4.equals(other.ipv4)
                && ipv6.equals(other.ipv6)
                && tunnelKeys.equals(other.tunnelKeys)
                && tunnelPorts.equals(other.tunnelPorts)
                && podMtu.equals(other.podMtu);
    }

    /** The address others send to. */
    Optional<InetAddress> underlay(boolean ofIpv4) {
        return (ofIpv4 ? ipv4 : ipv6).underlay();
    }

    /** The hardware address of its VXLAN device. */
    Optional<MacAddress> vtep(boolean ofIpv4) {
        return (ofIpv4 ? ipv4 : ipv6).vtep();
    }
}
