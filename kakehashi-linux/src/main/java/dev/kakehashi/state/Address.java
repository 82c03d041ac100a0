package dev.kakehashi.state;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.rtnetlink.Scope;

import org.jspecify.annotations.Nullable;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * An address on a link, for ever. Equivalent to: {@code ip address add PREFIX dev DEVICE proto 75}.
 *
 * @param device interface name
 * @param relation owned, or shared such as the gateway address on a shared bridge
 * @param prefix the address with the length of its network; host bits are kept
 * @param peer the other end of a point-to-point link; then {@code prefix} is the local address
 * @param scope how far the address is valid
 * @param broadcast whether an IPv4 address gets the broadcast address of its network
 * @param noDad no duplicate address detection (IFA_F_NODAD, IPv6)
 * @param noPrefixRoute no route to the network comes with it (IFA_F_NOPREFIXROUTE)
 */
public record Address(
        String device,
        Relation relation,
        IpPrefix prefix,
        Optional<InetAddress> peer,
        Scope scope,
        boolean broadcast,
        boolean noDad,
        boolean noPrefixRoute)
        implements Resource {

    /**
     * An address is known by its link and its value; an IPv4 one also by its length, since a link
     * may have one of each.
     */
    public record Key(String device, InetAddress address, OptionalInt length)
            implements ResourceKey {
        // Written out: see NetnsId.equals.
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key key
                    && address.equals(key.address)
                    && device.equals(key.device)
                    && length.equals(key.length);
        }

        @Override
        public int hashCode() {
            return 31 * (31 * address.hashCode() + device.hashCode()) + length.hashCode();
        }

        @Override
        public String toString() {
            return "address "
                    + IpAddresses.format(address)
                    + (length.isPresent() ? "/" + length.getAsInt() : "")
                    + " on "
                    + device;
        }
    }

    public Address {
        LinkNames.check(device);
    }

    @Override
    public List<String> devices() {
        return List.of(device);
    }

    @Override
    public Key key() {
        OptionalInt length =
                prefix.isIpv4() ? OptionalInt.of(prefix.length()) : OptionalInt.empty();
        return new Key(device, prefix.address(), length);
    }

    /**
     * An owned address of global scope, with the broadcast address that {@code brd +} gives to IPv4
     * networks of more than two addresses.
     */
    public static Address of(String device, IpPrefix prefix) {
        boolean broadcast = prefix.address() instanceof Inet4Address && prefix.length() < 31;
        return new Address(
                device,
                Relation.OWNED,
                prefix,
                Optional.empty(),
                Scope.GLOBAL,
                broadcast,
                false,
                false);
    }

    /** The same, but shared: joined if it is there, never removed. */
    public Address shared() {
        return new Address(
                device, Relation.SHARED, prefix, peer, scope, broadcast, noDad, noPrefixRoute);
    }

    /** The same on a point-to-point link. */
    public Address withPeer(InetAddress other) {
        return new Address(
                device, relation, prefix, Optional.of(other), scope, false, noDad, noPrefixRoute);
    }

    /** The same with another scope. */
    public Address withScope(Scope other) {
        return new Address(device, relation, prefix, peer, other, broadcast, noDad, noPrefixRoute);
    }

    /** The same without broadcast address. */
    public Address withoutBroadcast() {
        return new Address(device, relation, prefix, peer, scope, false, noDad, noPrefixRoute);
    }

    /** The same without duplicate address detection. */
    public Address withoutDad() {
        return new Address(device, relation, prefix, peer, scope, broadcast, true, noPrefixRoute);
    }

    /** The same without the route to its network. */
    public Address withoutPrefixRoute() {
        return new Address(device, relation, prefix, peer, scope, broadcast, noDad, true);
    }
}
