package dev.kakehashi.cluster.carrier;

import dev.kakehashi.cluster.CarrierName;
import dev.kakehashi.cluster.KeyRotation;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.TunnelDevice;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * By what packets can go from node to node: a carrier, and where it encrypts the WireGuard device
 * that it does so with. A node goes from one way to another when its network's carrier is changed,
 * and when its keys are rotated.
 */
public enum Way {
    /** VXLAN. */
    VXLAN(CarrierName.VXLAN, TunnelDevice.FIRST),
    /** Plain routes; what crosses a router encrypted, if it is, goes by the first device. */
    HOST_GW(CarrierName.HOST_GW, TunnelDevice.FIRST),
    /** IP in IP. */
    IPIP(CarrierName.IPIP, TunnelDevice.FIRST),
    /** WireGuard, by the first device. */
    WIREGUARD(CarrierName.WIREGUARD, TunnelDevice.FIRST),
    /** Routes of BIRD. */
    BGP(CarrierName.BGP, TunnelDevice.FIRST),
    /** Plain routes; what crosses a router encrypted goes by the second device. */
    HOST_GW_2(CarrierName.HOST_GW, TunnelDevice.SECOND),
    /** WireGuard, by the second device. */
    WIREGUARD_2(CarrierName.WIREGUARD, TunnelDevice.SECOND);

    private static final Map<String, Way> BY_TEXT =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(Way::toString, w -> w));

    private final CarrierName carrier;
    private final TunnelDevice device;

    Way(CarrierName carrier, TunnelDevice device) {
        this.carrier = carrier;
        this.device = device;
    }

    /** The one that a network wants. */
    public static Way wanted(Network network) {
        return of(
                network.spec().carrier(),
                network.spec().permits(CarrierName.WIREGUARD)
                        ? KeyRotation.of(network).device()
                        : TunnelDevice.FIRST);
    }

    /** Of a carrier; a device only matters to one that encrypts. */
    public static Way of(CarrierName carrier, TunnelDevice device) {
        return Arrays.stream(values())
                .filter(way -> way.carrier == carrier && way.device == device)
                .findFirst()
                .orElseGet(() -> of(carrier, TunnelDevice.FIRST));
    }

    /** The way of a name, as {@link #toString} gives it; empty when there is none. */
    public static Optional<Way> of(String name) {
        return Optional.ofNullable(BY_TEXT.get(name));
    }

    /** The carrier. */
    public CarrierName carrier() {
        return carrier;
    }

    /** The device by which it encrypts, if it does. */
    public TunnelDevice device() {
        return device;
    }

    /** The carrier's name; of those by the second device with a number: {@code wireguard-2}. */
    @Override
    public String toString() {
        return device == TunnelDevice.FIRST ? carrier.toString() : carrier + "-" + device.number();
    }
}
