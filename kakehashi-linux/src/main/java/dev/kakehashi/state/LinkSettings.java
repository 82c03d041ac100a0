package dev.kakehashi.state;

import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.rtnetlink.AddrGenMode;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * What any link may be told whatever its kind. What is empty is left as it is.
 *
 * @param mtu bytes, IFLA_MTU
 * @param mac IFLA_ADDRESS
 * @param up IFF_UP
 * @param group IFLA_GROUP
 * @param txQueueLength packets, IFLA_TXQLEN
 * @param promiscuous IFF_PROMISC, as asked for by an administrator
 * @param allMulticast IFF_ALLMULTI
 * @param addrGenMode how the kernel makes the IPv6 link-local address, IFLA_INET6_ADDR_GEN_MODE
 */
public record LinkSettings(
        OptionalInt mtu,
        Optional<MacAddress> mac,
        Optional<Boolean> up,
        OptionalInt group,
        OptionalInt txQueueLength,
        Optional<Boolean> promiscuous,
        Optional<Boolean> allMulticast,
        Optional<AddrGenMode> addrGenMode) {

    /** Nothing asked for. */
    public static final LinkSettings NONE =
            new LinkSettings(
                    OptionalInt.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    OptionalInt.empty(),
                    OptionalInt.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());

    /** Whether the link must be up. */
    public boolean wantsUp() {
        return up.isPresent() && up.get();
    }
}
