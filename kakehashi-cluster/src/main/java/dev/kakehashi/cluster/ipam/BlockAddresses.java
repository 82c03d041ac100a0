package dev.kakehashi.cluster.ipam;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;

import java.net.InetAddress;

/**
 * The addresses of a block by their index, and which of them are the link's own where pods are
 * joined by a bridge: the block is the bridge's subnet, whose first address is the subnet's (RFC
 * 4632; of IPv6 the routers' anycast address, RFC 4291 section 2.6.1), whose last one of IPv4 is
 * for broadcasts (RFC 919), and whose second one is the gateway's.
 */
public final class BlockAddresses {
    private static final int GATEWAY = 1;

    private BlockAddresses() {}

    /** How many addresses the block has. */
    public static int size(IpPrefix block) {
        return 1 << (block.bits() - block.length());
    }

    /** The address of an index, counted from 0. */
    public static InetAddress at(IpPrefix block, long index) {
        byte[] octets = block.address().getAddress();
        long carry = index;
        for (int i = octets.length - 1; i >= 0 && carry != 0; i--) {
            carry += octets[i] & 0xff;
            octets[i] = (byte) carry;
            carry >>>= 8;
        }
        return IpAddresses.of(octets);
    }

    /** The index of an address of the block. */
    public static int indexOf(IpPrefix block, InetAddress address) {
        byte[] first = block.address().getAddress();
        byte[] octets = address.getAddress();
        int index = 0;
        for (int i = 0; i < octets.length; i++) {
            index = (index << 8) + (octets[i] & 0xff) - (first[i] & 0xff);
        }
        return index;
    }

    /** The address of the node on the link of its pods. */
    public static InetAddress gateway(IpPrefix block) {
        return at(block, GATEWAY);
    }

    /** Whether a pod may have the address of an index: a borrowed one is a pod's. */
    static boolean isForPods(IpPrefix block, int index) {
        return size(block) == 1
                || (index > GATEWAY && !(block.isIpv4() && index == size(block) - 1));
    }

    /** How many addresses pods may have. */
    public static int forPods(IpPrefix block) {
        return size(block) == 1 ? 1 : size(block) - (block.isIpv4() ? 3 : 2);
    }
}
