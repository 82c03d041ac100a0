package dev.kakehashi.linux.rtnetlink;

import dev.kakehashi.linux.HardwareAddress;
import dev.kakehashi.linux.MacAddress;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * A link as the kernel shows it.
 *
 * @param index its number in its namespace, from 1
 * @param name its name
 * @param kind what it is; empty for hardware and the loopback
 * @param flags {@code IFF_*} of linux/if.h
 * @param operState whether it can carry traffic
 * @param parent the index of the lower link or of a veth's peer, 0 for none; see {@code
 *     parentNetnsId}
 * @param parentNetnsId the namespace that {@code parent} is in, as this one numbers it; empty: this
 *     one
 * @param master the index of its bridge or VRF, 0 for none
 * @param hardwareAddress on its medium; empty for links without (tun, tunnels of no address)
 * @param mtu bytes
 * @param txQueueLength packets
 * @param txQueues number of transmit queues
 * @param rxQueues number of receive queues
 * @param group {@code IFLA_GROUP}
 * @param alias free text, empty if none
 * @param promiscuity how many users want it promiscuous
 * @param allMulticasts how many users want all multicast
 * @param bridgePort how it behaves in its bridge, if it is in one
 * @param addrGenMode how IPv6 link-local addresses are made; empty where the link has no IPv6
 */
public record Link(
        int index,
        String name,
        Optional<LinkKind> kind,
        int flags,
        OperState operState,
        int parent,
        OptionalInt parentNetnsId,
        int master,
        Optional<HardwareAddress> hardwareAddress,
        int mtu,
        int txQueueLength,
        int txQueues,
        int rxQueues,
        int group,
        String alias,
        int promiscuity,
        int allMulticasts,
        Optional<BridgePort> bridgePort,
        Optional<AddrGenMode> addrGenMode) {
    public static final int IFF_UP = 1;
    public static final int IFF_BROADCAST = 2;
    public static final int IFF_LOOPBACK = 8;
    public static final int IFF_POINTOPOINT = 0x10;
    public static final int IFF_RUNNING = 0x40;
    public static final int IFF_NOARP = 0x80;
    public static final int IFF_PROMISC = 0x100;
    public static final int IFF_ALLMULTI = 0x200;
    public static final int IFF_MULTICAST = 0x1000;
    public static final int IFF_LOWER_UP = 0x10000;

    /** Its MAC address; empty for links whose hardware address is none, and for those without. */
    public Optional<MacAddress> mac() {
        return hardwareAddress.flatMap(HardwareAddress::mac);
    }

    /** Whether an administrator wants it up. */
    public boolean isUp() {
        return (flags & IFF_UP) != 0;
    }

    /** Whether it is up and can carry traffic. */
    public boolean isRunning() {
        return (flags & (IFF_UP | IFF_RUNNING)) == (IFF_UP | IFF_RUNNING);
    }

    /** Whether it is the loopback. */
    public boolean isLoopback() {
        return (flags & IFF_LOOPBACK) != 0;
    }

    /** Whether an administrator wants it promiscuous. */
    public boolean isPromiscuous() {
        return (flags & IFF_PROMISC) != 0;
    }

    /** Whether an administrator wants all multicast. */
    public boolean isAllMulticast() {
        return (flags & IFF_ALLMULTI) != 0;
    }
}
