package dev.kakehashi.agent.node;

import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.NodeAnnotations;
import dev.kakehashi.cluster.node.Underlay;
import dev.kakehashi.linux.IpPrefix;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * Waits for an IPv4 address that the underlay has lost. Without one packets of IPv4 pods go by
 * IPv6, with other devices and routes, and peers set the node aside by VXLAN: too much for the
 * moment between two leases of DHCP, or while somebody configures the interface anew. On one thread
 * only.
 */
final class Ipv4Patience {
    /** How long an address may be away until it is taken to be gone. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private final LongSupplier clock;
    private boolean asked;
    private boolean had;
    private OptionalLong lost = OptionalLong.empty();

    /**
     * Of an agent that has just started.
     *
     * @param clock nanoseconds that never go back ({@link System#nanoTime})
     */
    Ipv4Patience(LongSupplier clock) {
        this.clock = clock;
    }

    /**
     * Has seen the underlay.
     *
     * @param said the node's Node: what an agent before this one told there was had too
     * @throws ConvergenceException while it waits: nothing is to be changed
     */
    void check(Network network, Underlay underlay, Optional<Node> said)
            throws ConvergenceException {
        if (!asked) {
            had = said.filter(Ipv4Patience::tells).isPresent();
            asked = true;
        }
        if (underlay.address(true).isPresent()) {
            had = true;
            lost = OptionalLong.empty();
            return;
        }
        if (!had) {
            return;
        }
        long now = clock.getAsLong();
        if (lost.isEmpty()) {
            lost = OptionalLong.of(now);
        }
        if (now - lost.getAsLong() >= PATIENCE.toNanos()) {
            had = false;
            lost = OptionalLong.empty();
            return;
        }
        if (needsIpv4(network)) {
            throw new ConvergenceException("UnusableNetwork", reason(network, underlay));
        }
    }

    /**
     * Why an agent does nothing now, if it waits: as long as it does, its Node tells the address.
     */
    static Optional<String> reason(Network network, Underlay underlay, Node said) {
        return needsIpv4(network) && underlay.address(true).isEmpty() && tells(said)
                ? Optional.of(reason(network, underlay))
                : Optional.empty();
    }

    private static boolean needsIpv4(Network network) {
        return network.spec().cidrs().stream().anyMatch(IpPrefix::isIpv4);
    }

    private static boolean tells(Node node) {
        return node.metadata().annotations().containsKey(NodeAnnotations.FLANNEL_PUBLIC_IP);
    }

    private static String reason(Network network, Underlay underlay) {
        return "the underlay interface "
                + underlay.device()
                + " has lost its IPv4 address, by which packets of network "
                + network.name()
                + " go; nothing is changed for "
                + PATIENCE.toSeconds()
                + " s, after that they go by IPv6 as far as the carrier can: add the"
                + " address again, or wait if that is meant";
    }
}
