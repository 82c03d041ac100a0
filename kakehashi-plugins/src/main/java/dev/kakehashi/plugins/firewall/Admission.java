package dev.kakehashi.plugins.firewall;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.result.CniIp;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.plugins.attachment.Attachment;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a firewall has to admit.
 *
 * @param attachment whom
 * @param addresses its addresses, of both families
 * @param config how
 * @param bridge whose containers are kept apart, if any
 */
record Admission(
        Attachment attachment,
        List<InetAddress> addresses,
        FirewallConfig config,
        Optional<String> bridge) {

    /** The admission of all addresses of a result. */
    static Admission of(Attachment attachment, FirewallConfig config, CniResult result)
            throws CniException {
        return new Admission(attachment, addresses(result), config, config.bridge(result));
    }

    /** All addresses of a result. */
    static List<InetAddress> addresses(CniResult result) {
        List<InetAddress> addresses = new ArrayList<>(result.ips().size());
        for (CniIp ip : result.ips()) {
            addresses.add(ip.address().address());
        }
        return addresses;
    }

    /** The same for the addresses only. */
    Admission withoutBridge() {
        return new Admission(attachment, addresses, config, Optional.empty());
    }

    /** The same for the bridge only. */
    Admission withoutAddresses() {
        return new Admission(attachment, List.of(), config, bridge);
    }

    /** The addresses of one family. */
    List<InetAddress> addresses(boolean v4) {
        return ofFamily(addresses, v4);
    }

    static List<InetAddress> ofFamily(List<InetAddress> addresses, boolean v4) {
        List<InetAddress> some = new ArrayList<>(addresses.size());
        for (InetAddress address : addresses) {
            if (address instanceof Inet4Address == v4) {
                some.add(address);
            }
        }
        return some;
    }
}
