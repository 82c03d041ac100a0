package dev.kakehashi.agent.node;

import dev.kakehashi.cluster.CarrierName;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.carrier.NodeCompiler;
import dev.kakehashi.cluster.carrier.SelfNode;
import dev.kakehashi.cluster.node.Underlay;
import dev.kakehashi.linux.probe.Feature;
import dev.kakehashi.linux.probe.FeatureProbe;
import dev.kakehashi.linux.probe.FeatureResult;
import dev.kakehashi.linux.probe.Features;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds out which carriers this node could not have, so that it can say so before it is asked to.
 *
 * <p>Whether the kernel can is tried, in a namespace that ends with it. ipip is not tried: the
 * module that the kernel would load for it makes a device {@code tunl0} in every namespace there is
 * (ip_tunnel_init_net).
 */
final class CarrierTrials {
    private static final List<CarrierName> TRIED =
            List.of(CarrierName.VXLAN, CarrierName.WIREGUARD);

    private record Known(Network network, Underlay underlay, Map<CarrierName, String> obstacles) {}

    private final Map<CarrierName, Optional<String>> kernel = new EnumMap<>(CarrierName.class);
    private Optional<Known> known = Optional.empty();

    /** What is in the way of each; found out once for each underlay and network. */
    Map<CarrierName, String> obstacles(Network network, SelfNode self) {
        if (known.isPresent()
                && known.get().network().equals(network)
                && known.get().underlay().equals(self.underlay())) {
            return known.get().obstacles();
        }
        Map<CarrierName, String> obstacles = new EnumMap<>(CarrierName.class);
        for (CarrierName carrier : CarrierName.values()) {
            kernel.computeIfAbsent(carrier, CarrierTrials::tried)
                    .or(() -> NodeCompiler.obstacle(network, self, carrier))
                    .ifPresent(why -> obstacles.put(carrier, why));
        }
        known = Optional.of(new Known(network, self.underlay(), obstacles));
        return obstacles;
    }

    private static Optional<String> tried(CarrierName carrier) {
        for (Feature feature : Features.ALL) {
            if (TRIED.contains(carrier)
                    && feature.name().equals(carrier.toString())
                    && FeatureProbe.probe(feature) instanceof FeatureResult.Missing missing) {
                return Optional.of(
                        "its kernel "
                                + System.getProperty("os.version", "")
                                + " makes no device of the kind "
                                + carrier
                                + " ("
                                + missing.reason()
                                + ")");
            }
        }
        return Optional.empty();
    }
}
