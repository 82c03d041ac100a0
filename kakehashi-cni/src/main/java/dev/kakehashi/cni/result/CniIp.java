package dev.kakehashi.cni.result;

import dev.kakehashi.cni.Cidr;

import java.net.InetAddress;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * An address of an attachment (SPEC "ADD Success": {@code ips}).
 *
 * @param address the address with its prefix length
 * @param gateway the default gateway of its subnet
 * @param interfaceIndex which of the result's interfaces holds it, from 0; never set by an IPAM
 *     plugin
 */
public record CniIp(Cidr address, Optional<InetAddress> gateway, OptionalInt interfaceIndex) {

    /** An address without gateway and interface. */
    public static CniIp of(Cidr address) {
        return new CniIp(address, Optional.empty(), OptionalInt.empty());
    }

    /** The same with a gateway. */
    public CniIp withGateway(InetAddress newGateway) {
        return new CniIp(address, Optional.of(newGateway), interfaceIndex);
    }

    /** The same on the interface of this index. */
    public CniIp withInterface(int index) {
        return new CniIp(address, gateway, OptionalInt.of(index));
    }
}
