package dev.kakehashi.state;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.MacAddress;

import org.jspecify.annotations.Nullable;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * A permanent entry of the neighbour table, marked with our protocol number. Equivalent to: {@code
 * ip neighbour replace ADDRESS lladdr MAC dev DEVICE nud permanent}, or {@code ip neighbour add
 * proxy ADDRESS dev DEVICE}.
 *
 * @param device interface name
 * @param address the neighbour's address
 * @param mac its hardware address; empty for an address that we answer for (NTF_PROXY)
 */
public record Neighbour(String device, InetAddress address, Optional<MacAddress> mac)
        implements Resource {

    /** A neighbour is known by its link, its address and whether it is a proxy entry. */
    public record Key(String device, InetAddress address, boolean proxy) implements ResourceKey {
        // Written out: see NetnsId.equals.
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key key
                    && address.equals(key.address)
                    && device.equals(key.device)
                    && proxy == key.proxy;
        }

        @Override
        public int hashCode() {
            return 31 * address.hashCode() + device.hashCode();
        }

        @Override
        public String toString() {
            return (proxy ? "proxy neighbour " : "neighbour ")
                    + IpAddresses.format(address)
                    + " on "
                    + device;
        }
    }

    public Neighbour {
        LinkNames.check(device);
    }

    // Written out: see NetnsId.equals.
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof Neighbour neighbour
                        && address.equals(neighbour.address)
                        && device.equals(neighbour.device)
                        && mac.equals(neighbour.mac));
    }

    @Override
    public int hashCode() {
        return 31 * address.hashCode() + device.hashCode();
    }

    @Override
    public List<String> devices() {
        return List.of(device);
    }

    @Override
    public Key key() {
        return new Key(device, address, isProxy());
    }

    @Override
    public Relation relation() {
        return Relation.OWNED;
    }

    /** Whether it is an address that the link answers for in another's stead. */
    public boolean isProxy() {
        return mac.isEmpty();
    }

    /** An entry that says which hardware address a neighbour has. */
    public static Neighbour permanent(String device, InetAddress address, MacAddress mac) {
        return new Neighbour(device, address, Optional.of(mac));
    }

    /** An address that the link answers for in the neighbour's stead. */
    public static Neighbour proxy(String device, InetAddress address) {
        return new Neighbour(device, address, Optional.empty());
    }
}
