package dev.kakehashi.plugins.portmap;

import dev.kakehashi.cni.result.CniInterface;
import dev.kakehashi.cni.result.CniIp;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.attachment.ContainerSide;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What is published: the ports of one attachment, for one family.
 *
 * @param attachment whose ports
 * @param address its address, with the length of its subnet
 * @param config how
 * @param link the link of the host that leads to it, if there is one
 */
record Published(
        Attachment attachment, IpPrefix address, PortmapConfig config, Optional<String> link) {

    /** Whether it is of IPv4. */
    boolean isIpv4() {
        return address.isIpv4();
    }

    /** Where connections lead. */
    InetAddress target() {
        return address.address();
    }

    /** The mappings of the family, in order. */
    List<PortMapping> mappings() {
        return config.mappings().stream().filter(mapping -> mapping.isOf(isIpv4())).toList();
    }

    /**
     * The address of a container of one family: the first that is of no interface in particular, of
     * one that is not in the list, or of this interface in its sandbox.
     */
    static Optional<IpPrefix> address(CniResult result, String ifName, boolean v4) {
        for (CniIp ip : result.ips()) {
            if (ip.address().isIpv4() == v4 && isOf(ip.interfaceIndex(), result, ifName)) {
                return Optional.of(ContainerSide.prefix(ip.address()));
            }
        }
        return Optional.empty();
    }

    private static boolean isOf(OptionalInt index, CniResult result, String ifName) {
        if (index.isEmpty()
                || index.getAsInt() < 0
                || index.getAsInt() >= result.interfaces().size()) {
            return true;
        }
        CniInterface named = result.interfaces().get(index.getAsInt());
        return named.name().equals(ifName) && !named.sandbox().isEmpty();
    }
}
