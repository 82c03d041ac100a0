package dev.kakehashi.cluster.ipam;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;

import java.net.InetAddress;
import java.util.AbstractList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The addresses of a block by their index, and which of them are the link's own where pods are
 * joined by a bridge: the block is the bridge's subnet, whose first address is the subnet's (RFC
 * 4632; of IPv6 the routers' anycast address, RFC 4291 section 2.6.1), whose last one of IPv4 is
 * for broadcasts (RFC 919), and whose second one is the gateway's.
 */
public final class BlockAddresses {
    private static final int GATEWAY = 1;

    /** Of a usual block; larger ones cost more to keep than to make anew. */
    private static final int MOST_KEPT = 256;

    private static final int BLOCKS_KEPT = 64;

    /** Of the blocks that are looked through again and again, for each pod that comes. */
    private static final Map<IpPrefix, List<InetAddress>> KEPT =
            Collections.synchronizedMap(
                    new LinkedHashMap<>() {
                        private static final long serialVersionUID = 1;

                        @Override
                        protected boolean removeEldestEntry(
                                Map.Entry<IpPrefix, List<InetAddress>> eldest) {
                            return size() > BLOCKS_KEPT;
                        }
                    });

    private BlockAddresses() {}

    /** The addresses of a block, by index. */
    static List<InetAddress> of(IpPrefix block) {
        int size = size(block);
        return size > MOST_KEPT
                ? new AbstractList<>() {
                    @Override
                    public InetAddress get(int index) {
                        return at(block, index);
                    }

                    @Override
                    public int size() {
                        return size;
                    }
                }
                : KEPT.computeIfAbsent(
                        block,
                        b -> IntStream.range(0, size).mapToObj(index -> at(b, index)).toList());
    }

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
