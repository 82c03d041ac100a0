package dev.kakehashi.state;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.MacAddress;

import org.jspecify.annotations.Nullable;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * An entry of a forwarding database: of a VXLAN device (self) or of the bridge a link is a port of
 * (master). Equivalent to: {@code bridge fdb replace MAC dev DEVICE dst DESTINATION self permanent}
 * and {@code bridge fdb replace MAC dev DEVICE master static vlan VLAN}.
 *
 * @param device interface name
 * @param mac where frames are for; all zero is VXLAN's entry for everything else, of which there
 *     may be one for each destination
 * @param destination the VXLAN end point; empty for an entry of a bridge
 * @param vlan VLAN of a bridge's entry
 */
public record FdbEntry(
        String device, MacAddress mac, Optional<InetAddress> destination, OptionalInt vlan)
        implements Resource {

    /**
     * An entry is known by its link, hardware address and VLAN; an all-zero one also by its end
     * point.
     */
    public record Key(String device, MacAddress mac, OptionalInt vlan, Optional<InetAddress> among)
            implements ResourceKey {
        // Written out: see NetnsId.equals.
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key key
                    && mac.equals(key.mac)
                    && device.equals(key.device)
                    && vlan.equals(key.vlan)
                    && among.equals(key.among);
        }

        @Override
        public int hashCode() {
            return 31 * (31 * mac.hashCode() + device.hashCode()) + among.hashCode();
        }

        @Override
        public String toString() {
            return "forwarding entry "
                    + mac
                    + (vlan.isPresent() ? " vlan " + vlan.getAsInt() : "")
                    + among.map(address -> " dst " + IpAddresses.format(address)).orElse("")
                    + " on "
                    + device;
        }
    }

    public FdbEntry {
        LinkNames.check(device);
    }

    // Written out: see NetnsId.equals.
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof FdbEntry entry
                        && mac.equals(entry.mac)
                        && device.equals(entry.device)
                        && destination.equals(entry.destination)
                        && vlan.equals(entry.vlan));
    }

    @Override
    public int hashCode() {
        return 31 * mac.hashCode() + destination.hashCode();
    }

    @Override
    public List<String> devices() {
        return List.of(device);
    }

    @Override
    public Key key() {
        return new Key(device, mac, vlan, isDefault() ? destination : Optional.empty());
    }

    @Override
    public Relation relation() {
        return Relation.OWNED;
    }

    /** Whether this is an entry for frames that no other entry is for. */
    public boolean isDefault() {
        return mac.equals(MacAddress.ZERO);
    }

    /** Whether the entry is the bridge's, not the device's own. */
    public boolean isMaster() {
        return destination.isEmpty();
    }

    /** An entry of a VXLAN device: the end point behind which a hardware address is. */
    public static FdbEntry vxlan(String device, MacAddress mac, InetAddress destination) {
        return new FdbEntry(device, mac, Optional.of(destination), OptionalInt.empty());
    }

    /** A static entry of a bridge: the port behind which a hardware address is. */
    public static FdbEntry bridge(String port, MacAddress mac) {
        return new FdbEntry(port, mac, Optional.empty(), OptionalInt.empty());
    }

    /** A static entry of a bridge in one VLAN. */
    public static FdbEntry bridge(String port, MacAddress mac, int vlan) {
        return new FdbEntry(port, mac, Optional.empty(), OptionalInt.of(vlan));
    }
}
