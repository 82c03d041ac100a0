package dev.kakehashi.plugins.bridge;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.linux.IpPrefix;

import java.util.ArrayList;
import java.util.List;

/**
 * What must happen to the addresses of a bridge so that it has the gateways'. Pure.
 *
 * @param missing gateway addresses that it has not
 * @param replaced its addresses that contradict them and must go first
 */
record GatewayAddresses(List<IpPrefix> missing, List<IpPrefix> replaced) {

    /**
     * Compares. A bridge has one IPv4 address unless it is to have several; of IPv6 it may have
     * several in any case. Their subnets do not overlap.
     *
     * @param device the bridge, for the message
     * @param present its addresses, link-local ones among them
     * @param several whether it may have several IPv4 addresses
     * @param force whether what contradicts is replaced
     * @throws CniException code 7 when something contradicts and is not to be replaced
     */
    static GatewayAddresses compare(
            String device,
            List<IpPrefix> present,
            List<IpPrefix> gateways,
            boolean several,
            boolean force)
            throws CniException {
        List<IpPrefix> now = new ArrayList<>(present);
        List<IpPrefix> missing = new ArrayList<>();
        List<IpPrefix> replaced = new ArrayList<>();
        for (IpPrefix gateway : gateways) {
            if (now.contains(gateway)) {
                continue;
            }
            for (IpPrefix other : List.copyOf(now)) {
                boolean sameFamily = other.isIpv4() == gateway.isIpv4();
                if (!sameFamily || ((several || !gateway.isIpv4()) && !other.overlaps(gateway))) {
                    continue;
                }
                if (!force) {
                    throw new CniException(
                            CniException.INVALID_CONFIG,
                            "\""
                                    + device
                                    + "\" already has an IP address different from "
                                    + gateway,
                            "it has "
                                    + other
                                    + "; remove that, use another bridge, or set forceAddress");
                }
                now.remove(other);
                if (!missing.remove(other)) {
                    replaced.add(other);
                }
            }
            now.add(gateway);
            missing.add(gateway);
        }
        return new GatewayAddresses(missing, replaced);
    }
}
